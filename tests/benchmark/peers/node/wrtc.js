'use strict';
// @roamhq/wrtc (libwebrtc) in the shape measure.js wants.
const { RTCPeerConnection } = require('@roamhq/wrtc');
const { measure } = require('./measure.js');

function wrap(raw) {
  raw.binaryType = 'arraybuffer';
  return {
    isOpen: new Promise((resolve) => {
      raw.onopen = resolve;
      if (raw.readyState === 'open') resolve();
    }),
    send: (bytes) => raw.send(bytes),
    bufferedAmount: () => raw.bufferedAmount,
    onMessage(handler) { raw.onmessage = ({ data }) => handler(data.byteLength); },
    // It has no bufferedamountlow event; a millisecond is the shortest timer Node has.
    onLow(threshold, handler) {
      setInterval(() => { if (raw.bufferedAmount <= threshold) handler(); }, 1).unref();
    },
  };
}

function createPeer(onSignal) {
  const raw = new RTCPeerConnection({ iceServers: [] });
  raw.onicecandidate = ({ candidate }) => {
    // Its ICE-TCP candidates, loopback ones too, make connections by the thousand and exhaust the descriptors.
    if (!candidate || candidate.protocol === 'tcp') return;
    const { sdpMid, sdpMLineIndex } = candidate;
    onSignal({ candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex } });
  };
  const sendDescription = async (description) => {
    await raw.setLocalDescription(description);
    onSignal({ description: { type: description.type, sdp: description.sdp } });
  };
  return {
    createChannel(label, { reliable }) {
      const channel = wrap(raw.createDataChannel(label, reliable ? {} : { ordered: false, maxRetransmits: 0 }));
      raw.createOffer().then(sendDescription);
      return channel;
    },
    onChannel(handler) { raw.ondatachannel = ({ channel }) => handler(wrap(channel)); },
    async signal({ description, candidate }) {
      if (candidate) await raw.addIceCandidate(candidate);
      if (!description) return;
      await raw.setRemoteDescription(description);
      if (description.type === 'offer') await sendDescription(await raw.createAnswer());
    },
    close: () => raw.close(),
  };
}

measure({ createPeer, exit: () => {} });
