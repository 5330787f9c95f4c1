'use strict';
// node-datachannel (libdatachannel on libjuice) in the shape measure.js wants.
const { PeerConnection, cleanup } = require('node-datachannel');
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

measure({ createPeer, exit: cleanup });
