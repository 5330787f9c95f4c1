// Sends the camera, or a picture of its own, to the program that serves this page, and shows what comes back.
const element = (id) => document.getElementById(id);
const state = (text) => { element('state').textContent = text; };
addEventListener('error', ({ message }) => state(message));
addEventListener('unhandledrejection', ({ reason }) => state(reason));

/// Something that moves, for computers without a camera.
function ownPicture() {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 480, height: 360 });
  const context = canvas.getContext('2d');
  setInterval(() => {
    const now = performance.now() / 1000;
    context.fillStyle = '#1a56b0';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#ffd54a';
    context.beginPath();
    context.arc(240 + 150 * Math.cos(now), 180 + 100 * Math.sin(now), 50, 0, 7);
    context.fill();
  }, 33);
  return canvas.captureStream(30);
}

async function camera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  } catch {
    return ownPicture();
  }
}

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
peerConnection.addEventListener('track', ({ track, streams }) => {
  if (track.kind === 'video') element('returned').srcObject = streams[0] ?? new MediaStream([track]);
});
element('returned').addEventListener('resize', ({ target }) => {
  if (target.videoWidth) state(`It works: ${target.videoWidth}×${target.videoHeight} came back.`);
});
socket.addEventListener('message', async ({ data }) => {
  const message = JSON.parse(data);
  if (message.answer) await peerConnection.setRemoteDescription(message.answer);
  const iceCandidate = message.iceCandidate ?? message['new-ice-candidate'];
  if (iceCandidate) await peerConnection.addIceCandidate(iceCandidate);
});
socket.addEventListener('open', async () => {
  const stream = await camera();
  element('sent').srcObject = stream;
  for (const track of stream.getTracks()) peerConnection.addTrack(track, stream);
  const offer = await peerConnection.createOffer();
  await peerConnection.setLocalDescription(offer);
  send({ offer });
});
socket.addEventListener('close', () => state('The program has left. Reload the page once it runs again.'));
addEventListener('pagehide', () => peerConnection.close());
