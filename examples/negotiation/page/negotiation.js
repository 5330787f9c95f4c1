// The impolite peer of perfect negotiation (webrtc-pc section 10.7); the polite one is the program that serves this page.
const element = (id) => document.getElementById(id);
const state = (text) => { element('state').textContent = text; };
const log = (text) => {
  const item = document.createElement('li');
  item.textContent = text;
  element('log').append(item);
};
addEventListener('error', ({ message }) => log(message));
addEventListener('unhandledrejection', ({ reason }) => log(reason));

const socket = new WebSocket(`ws://${location.host}/signaling/`);
const send = (message) => socket.send(JSON.stringify(message));
const peerConnection = new RTCPeerConnection();

let makingOffer = false;
let ignoringOffer = false;
let settingAnswer = false;
peerConnection.addEventListener('negotiationneeded', async () => {
  try {
    makingOffer = true;
    await peerConnection.setLocalDescription();
    send({ description: peerConnection.localDescription });
  } finally {
    makingOffer = false;
  }
});
peerConnection.addEventListener('icecandidate', ({ candidate }) => candidate && send({ candidate }));
socket.addEventListener('message', async ({ data }) => {
  const message = JSON.parse(data);
  const description = message.description ?? message.offer ?? message.answer;
  const candidate = message.candidate ?? message['new-ice-candidate'];
  if (description) {
    const ready = !makingOffer && (peerConnection.signalingState === 'stable' || settingAnswer);
    ignoringOffer = description.type === 'offer' && !ready; // we insist, and the program gives way
    if (ignoringOffer) return log('An offer of the program crossed ours.');
    settingAnswer = description.type === 'answer';
    await peerConnection.setRemoteDescription(description);
    settingAnswer = false;
    if (description.type !== 'offer') return;
    await peerConnection.setLocalDescription();
    send({ description: peerConnection.localDescription });
  } else if (candidate) {
    const ignored = ignoringOffer; // as it is now: it may wait until the next description has come
    await peerConnection.addIceCandidate(candidate).catch((e) => ignored || ignoringOffer || console.log(e.message));
  }
});

peerConnection.addEventListener('signalingstatechange', () => {
  if (peerConnection.signalingState !== 'stable') return;
  const media = peerConnection.getTransceivers().map(({ receiver, currentDirection }) => `${receiver.track.kind} ${currentDirection}`);
  log(`Agreed on ${[...media, peerConnection.sctp ? 'channels' : 'no channels'].join(', ')}.`);
});
peerConnection.addEventListener('connectionstatechange', () => {
  if (peerConnection.connectionState === 'connected') state('Peers connected!');
  if (peerConnection.connectionState === 'failed') state('The program cannot be reached.');
});
const listen = (channel) => channel.addEventListener('message', ({ data }) => log(`The program says ${data}.`));
peerConnection.addEventListener('datachannel', ({ channel }) => listen(channel));

/// Something that moves.
function picture() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  setInterval(() => {
    context.fillStyle = `hsl(${performance.now() / 20} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0];
}
element('video').addEventListener('click', () => peerConnection.addTrack(picture()));
element('channel').addEventListener('click', () => {
  const channel = peerConnection.createDataChannel('channel');
  listen(channel);
  channel.addEventListener('open', () => channel.send('hello from the page'));
});
element('restart').addEventListener('click', () => peerConnection.restartIce());
socket.addEventListener('open', () => element('channel').click());
socket.addEventListener('close', () => state('The program has left. Reload the page once it runs again.'));
addEventListener('pagehide', () => peerConnection.close());
