// Sends camera and microphone to the program that serves this page, in two sizes, and shows everybody else in the room. It is
// the impolite peer of perfect negotiation (webrtc-pc section 10.7).
const element = (id) => document.getElementById(id);
const state = (text) => { element('state').textContent = text; };
addEventListener('error', ({ message }) => state(message));
addEventListener('unhandledrejection', ({ reason }) => state(reason));

/// Something that moves, for computers without a camera: in the colour that the page's address ends with, e.g. #teal.
function ownPicture() {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 640, height: 360 });
  const context = canvas.getContext('2d');
  const colour = location.hash.slice(1) || `hsl(${Math.random() * 360} 70% 45%)`;
  setInterval(() => {
    const now = performance.now() / 1000;
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#ffd54a';
    context.beginPath();
    context.arc(320 + 150 * Math.cos(now), 180 + 100 * Math.sin(now), 40, 0, 7);
    context.fill();
  }, 50);
  return canvas.captureStream(20);
}

function ownTone() {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: 440 });
  const output = context.createMediaStreamDestination();
  oscillator.connect(new GainNode(context, { gain: 0.05 })).connect(output);
  oscillator.start();
  return output.stream.getAudioTracks();
}

async function camera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
  } catch {
    const stream = ownPicture();
    for (const track of ownTone()) stream.addTrack(track);
    return stream;
  }
}

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
    if (ignoringOffer) return;
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

/// Who is here, by the stream that picture and sound belong to.
const others = new Map();
function count() {
  const there = { 0: 'You are alone here. Open this page once more.', 1: 'One other is here.' };
  state(there[others.size] ?? `${others.size} others are here.`);
}
function show(stream) {
  const figure = document.createElement('figure');
  const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true, srcObject: stream });
  const caption = document.createElement('figcaption');
  video.addEventListener('resize', () => { caption.textContent = `${video.videoWidth}×${video.videoHeight}`; });
  figure.append(video, caption);
  element('room').append(figure);
  others.set(stream.id, figure);
  stream.addEventListener('removetrack', () => hide(stream));
  count();
}
/// If that was all of it.
function hide(stream) {
  if (stream.getTracks().some(({ readyState }) => readyState === 'live')) return;
  others.get(stream.id)?.remove();
  others.delete(stream.id);
  count();
}
peerConnection.addEventListener('track', ({ track, streams: [stream] }) => {
  if (!others.has(stream.id)) show(stream);
  track.addEventListener('ended', () => hide(stream)); // Firefox leaves it in its stream
});
peerConnection.addEventListener('connectionstatechange', () => {
  if (peerConnection.connectionState === 'connected') count();
  if (peerConnection.connectionState === 'failed') state('The program cannot be reached.');
});

element('sizes').addEventListener('change', async ({ target: { value } }) => {
  const sender = peerConnection.getSenders().find(({ track }) => track?.kind === 'video');
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.active = value === 'both' || value === encoding.rid;
  await sender.setParameters(parameters);
});
socket.addEventListener('open', async () => {
  const stream = await camera();
  element('own').srcObject = stream;
  for (const track of stream.getTracks()) {
    const sizes = [{ rid: 'l', scaleResolutionDownBy: 2 }, { rid: 'h' }];
    peerConnection.addTransceiver(track, {
      direction: 'sendonly', streams: [stream], sendEncodings: track.kind === 'video' ? sizes : [{}],
    });
  }
});
socket.addEventListener('close', () => state('The program has left. Reload the page once it runs again.'));
addEventListener('pagehide', () => peerConnection.close());
