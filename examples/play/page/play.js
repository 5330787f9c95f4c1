// Shows what the program that serves this page plays.
const element = (id) => document.getElementById(id);
const state = (text) => { element('state').textContent = text; };
addEventListener('error', ({ message }) => state(message));
addEventListener('unhandledrejection', ({ reason }) => state(reason));

const socket = new WebSocket(`ws://${location.host}/signaling/`);
const send = (message) => socket.send(JSON.stringify(message));
const peerConnection = new RTCPeerConnection();
peerConnection.addEventListener('icecandidate', (event) => {
  if (event.candidate) send({ 'new-ice-candidate': event.candidate });
});
peerConnection.addEventListener('connectionstatechange', () => {
  if (peerConnection.connectionState === 'connected') state('Peers connected!');
  if (peerConnection.connectionState === 'failed') state('The program cannot be reached.');
});
const film = element('film');
peerConnection.addEventListener('track', ({ streams }) => { film.srcObject = streams[0]; });

/// Says what is playing once pictures, sound or both have come.
async function watch() {
  const seen = { video: 0, audio: 0 };
  for (const report of (await peerConnection.getStats()).values())
    if (report.type === 'inbound-rtp') seen[report.kind] = report.kind === 'video' ? report.framesDecoded ?? 0 : report.packetsReceived;
  const kinds = peerConnection.getReceivers().map(({ track }) => track.kind);
  if (!kinds.length || !kinds.every((kind) => seen[kind] > 10)) return;
  const size = film.videoWidth ? ` It is ${film.videoWidth}×${film.videoHeight}.` : '';
  state(`It plays: ${kinds.includes('video') ? 'a picture' : 'no picture'}, ${kinds.includes('audio') ? 'sound' : 'no sound'}.${size}`);
  clearInterval(timer);
}
const timer = setInterval(watch, 200);

socket.addEventListener('message', async ({ data }) => {
  const message = JSON.parse(data);
  if (message.offer) {
    await peerConnection.setRemoteDescription(message.offer);
    const answer = await peerConnection.createAnswer();
    await peerConnection.setLocalDescription(answer);
    send({ answer });
  }
  const iceCandidate = message.iceCandidate ?? message['new-ice-candidate'];
  if (iceCandidate) await peerConnection.addIceCandidate(iceCandidate);
});
socket.addEventListener('close', () => state('The program has left. Reload the page once it runs again.'));
addEventListener('pagehide', () => peerConnection.close());
