// Sends camera and microphone, or a picture and a tone of its own, to the program that serves this page.
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

function ownTone() {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: 440 });
  const output = context.createMediaStreamDestination();
  oscillator.connect(output);
  oscillator.start();
  return output.stream.getAudioTracks();
}

async function camera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  } catch {
    const stream = ownPicture();
    for (const track of ownTone()) stream.addTrack(track);
    return stream;
  }
}

const socket = new WebSocket(`ws://${location.host}/signaling/`);
const send = (message) => socket.send(JSON.stringify(message));
const peerConnection = new RTCPeerConnection();
peerConnection.addEventListener('icecandidate', (event) => {
  if (event.candidate) send({ 'new-ice-candidate': event.candidate });
});
peerConnection.addEventListener('connectionstatechange', () => {
  if (peerConnection.connectionState === 'failed') state('The program cannot be reached.');
});
socket.addEventListener('message', async ({ data }) => {
  const message = JSON.parse(data);
  if (message.answer) await peerConnection.setRemoteDescription(message.answer);
  const iceCandidate = message.iceCandidate ?? message['new-ice-candidate'];
  if (iceCandidate) await peerConnection.addIceCandidate(iceCandidate);
});

/// What has left of the picture so far.
async function sent() {
  return [...(await peerConnection.getStats()).values()].find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
}

/// Counts the seconds of it.
async function watch() {
  const report = await sent();
  if (stopped || !(report?.framesSent > 0)) return;
  began ??= performance.now();
  element('stop').disabled = false;
  state(`Recording: ${Math.floor((performance.now() - began) / 1000)} s, ${report.frameWidth}×${report.frameHeight}.`);
}
let began;
const timer = setInterval(watch, 250);

let stopped = false;
element('stop').addEventListener('click', async () => {
  stopped = true;
  clearInterval(timer);
  element('stop').disabled = true;
  const { framesSent } = await sent();
  peerConnection.close();
  socket.close();
  state(`Stopped after ${framesSent} pictures: the program has the file.`);
});
socket.addEventListener('open', async () => {
  const stream = await camera();
  element('sent').srcObject = stream;
  for (const track of stream.getTracks()) peerConnection.addTrack(track, stream);
  const offer = await peerConnection.createOffer();
  await peerConnection.setLocalDescription(offer);
  send({ offer });
});
socket.addEventListener('close', () => { if (!stopped) state('The program has left. Reload the page once it runs again.'); });
addEventListener('pagehide', () => peerConnection.close());
