'use strict';
// node-datachannel (libdatachannel on libjuice) in the shape measure.js wants.
const { PeerConnection, Video, cleanup } = require('node-datachannel');
const { measure } = require('./measure.js');

function wrap(raw) {
  let opened = () => {};
  const isOpen = new Promise((resolve) => { opened = resolve; });
  raw.onOpen(opened);
  if (raw.isOpen()) opened();
  return {
    isOpen,
    send: (bytes) => raw.sendMessageBinary(bytes),
    bufferedAmount: () => raw.bufferedAmount(),
    onMessage: (handler) => raw.onMessage((message) => handler(message.byteLength ?? message.length)),
    onLow(threshold, handler) {
      raw.setBufferedAmountLowThreshold(threshold);
      raw.onBufferedAmountLow(handler);
    },
  };
}

let count = 0;

function createPeer(onSignal) {
  const raw = new PeerConnection(`peer${++count}`, { iceServers: [] });
  raw.onLocalDescription((sdp, type) => onSignal({ description: { type, sdp } }));
  raw.onLocalCandidate((candidate, sdpMid) => onSignal({ candidate: { candidate, sdpMid } }));
  return {
    // The first channel starts the offer by itself.
    createChannel: (label, { reliable }) =>
      wrap(raw.createDataChannel(label, reliable ? {} : { unordered: true, maxRetransmits: 0 })),
    onChannel: (handler) => raw.onDataChannel((channel) => handler(wrap(channel))),
    async signal({ description, candidate }) {
      if (description) raw.setRemoteDescription(description.sdp, description.type);
      if (candidate) raw.addRemoteCandidate(candidate.candidate, candidate.sdpMid);
    },
    close: () => raw.close(),
  };
}

async function createRtpPair() {
  const payloadType = 96, ssrc = 1;
  const [offerer, answerer] = ['offerer', 'answerer'].map((name) => new PeerConnection(name, { iceServers: [] }));
  for (const [from, to] of [[offerer, answerer], [answerer, offerer]]) {
    from.onLocalDescription((sdp, type) => to.setRemoteDescription(sdp, type));
    from.onLocalCandidate((candidate, sdpMid) => to.addRemoteCandidate(candidate, sdpMid));
  }
  const description = new Video('video', 'SendOnly');
  description.addVP8Codec(payloadType);
  description.addSSRC(ssrc, 'bench');
  const track = offerer.addTrack(description);
  const incoming = new Promise((resolve) => answerer.onTrack(resolve));
  const opened = new Promise((resolve) => track.onOpen(resolve));
  offerer.setLocalDescription();
  const remote = await incoming;
  await opened;
  return {
    payloadType,
    ssrc,
    send: (bytes) => track.sendMessageBinary(bytes),
    onPacket: (handler) => remote.onMessage(handler),
    kept: [offerer, answerer],
  };
}

measure({ createPeer, createRtpPair, exit: cleanup });
