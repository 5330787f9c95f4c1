// The caller of the browser's guide to peer connections; the callee is the program that serves this page.
const element = (id) => document.getElementById(id);
const state = (text) => { element('state').textContent = text; };
const show = (text, kind) => {
  const item = document.createElement('li');
  item.textContent = text;
  item.className = kind;
  element('messages').append(item);
  item.scrollIntoView();
};

// Nothing goes wrong unseen.
addEventListener('error', ({ message }) => show(message, 'error'));
addEventListener('unhandledrejection', ({ reason }) => show(reason, 'error'));

const socket = new WebSocket(`ws://${location.host}/signaling/`);
const send = (message) => socket.send(JSON.stringify(message));
const peerConnection = new RTCPeerConnection();
const chat = peerConnection.createDataChannel('chat');

let candidates = 0;
peerConnection.addEventListener('icecandidate', (event) => {
  if (event.candidate) send({ 'new-ice-candidate': event.candidate });
  if (event.candidate?.candidate) ++candidates;
});
// A browser without permission to use the camera has only the address of the default route, and does not complain without one.
const complain = () => candidates || state('This browser has found no address of this computer. Is it offline?');
peerConnection.addEventListener('connectionstatechange', () => {
  if (peerConnection.connectionState === 'connected') state('Peers connected!');
  if (peerConnection.connectionState === 'disconnected') state('The program does not answer …');
  if (peerConnection.connectionState === 'failed') state('The program cannot be reached.');
});
socket.addEventListener('message', async ({ data }) => {
  const message = JSON.parse(data);
  if (message.answer) await peerConnection.setRemoteDescription(message.answer);
  const iceCandidate = message.iceCandidate ?? message['new-ice-candidate'];
  if (iceCandidate) {
    try {
      await peerConnection.addIceCandidate(iceCandidate);
    } catch (e) {
      show(`Error adding received ice candidate: ${e}`, 'error');
    }
  }
});
socket.addEventListener('open', async () => {
  const offer = await peerConnection.createOffer();
  await peerConnection.setLocalDescription(offer);
  send({ offer });
  setTimeout(complain, 5000);
});
// It stays open for as long as the page and the program are there.
socket.addEventListener('close', leave);
addEventListener('pagehide', () => peerConnection.close());

function enable(is) {
  for (const each of element('form').elements) each.disabled = !is;
}
function leave() {
  enable(false);
  state('The program has left. Reload the page once it runs again.');
}
chat.addEventListener('open', () => {
  enable(true);
  element('text').focus();
});
chat.addEventListener('message', ({ data }) => show(data, 'theirs'));
chat.addEventListener('close', leave);
element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { value } = element('text');
  if (!value) return;
  chat.send(value);
  show(value, 'mine');
  element('text').value = '';
});
