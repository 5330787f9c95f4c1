// Media for the interop peer: a picture and a tone that can be told when they come back.

import { pitchOf } from './pitch.js';

const width = 320, height = 240;
const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]; // left to right, top to bottom

/// A video track of four coloured quarters, with a stripe that moves so that there is something to encode.
function picture(width, height) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  let turn = 0;
  const draw = () => {
    colours.forEach(([r, g, b], i) => {
      context.fillStyle = `rgb(${r},${g},${b})`;
      context.fillRect((i % 2) * width / 2, Math.floor(i / 2) * height / 2, width / 2, height / 2);
    });
    context.fillStyle = 'black';
    context.fillRect((turn += 4) % width, height / 2 - 4, 40, 8);
  };
  draw();
  setInterval(draw, 33);
  return canvas.captureStream(30).getVideoTracks()[0];
}

// Its AudioContext stays suspended without a sound card.
const silent = navigator.userAgent.includes('Firefox');

let audio;
async function tone(frequency) {
  // launch.mjs has said what the microphone hums, if there is one.
  const microphone = silent && await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  if (microphone) return microphone.getAudioTracks()[0];
  audio ??= new AudioContext();
  const oscillator = new OscillatorNode(audio, { frequency });
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

/// What plays a remote track, and what it shows at the moment.
function player(track) {
  const element = document.createElement(track.kind);
  element.muted = true; // else nothing plays without a click
  element.srcObject = new MediaStream([track]);
  element.play().catch((e) => console.log(`play: ${e.message}`));
  if (track.kind === 'video') {
    return () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(element, 0, 0, width, height);
      const at = (i) => [...context.getImageData((i % 2 + 0.5) * width / 2, (Math.floor(i / 2) + 0.3) * height / 2, 1, 1).data].slice(0, 3);
      const right = colours.every((colour, i) => colour.every((value, c) => Math.abs(value - at(i)[c]) < 60));
      return { size: [element.videoWidth, element.videoHeight], right, seen: colours.map((_, i) => at(i)) };
    };
  }
  if (silent) {
    let frequency = 0;
    const listen = async () => {
      while (track.readyState === 'live') frequency = await pitchOf(track, 600).catch(() => 0);
    };
    listen();
    return () => ({ frequency });
  }
  audio ??= new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 4096 });
  audio.createMediaStreamSource(element.srcObject).connect(analyser);
  return () => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const peak = bins.reduce((best, level, i) => (level > bins[best] ? i : best), 0);
    return { frequency: peak * audio.sampleRate / analyser.fftSize, level: bins[peak], state: audio.state };
  };
}

/// Sends a picture in `codec` and a tone in `sound` (as the browser likes, if it is not told), or only one of these kinds, and plays what
/// comes back. `protection`: what may protect the picture, as setCodecPreferences names it.
export class Media {
  constructor(pc, { codec, sound, frequency, kinds = ['video', 'audio'], protection = [] }) {
    Object.assign(this, { pc, names: { video: [codec, 'rtx', ...protection], audio: sound && [sound] } });
    this.players = new Map(); // kind -> function
    pc.addEventListener('track', ({ track }) => { // the same track when it comes again
      if (!this.players.has(track.kind)) this.players.set(track.kind, player(track));
    });
    this.begun = this.#begin(frequency, kinds);
  }

  async #begin(frequency, kinds) {
    this.tracks = { video: picture(width, height), audio: await tone(frequency) };
    for (const kind of kinds) this.#add(kind);
  }

  #add(kind) {
    const sender = this.pc.addTrack(this.tracks[kind]);
    if (!this.names[kind]) return;
    const names = this.names[kind].map((name) => `${kind}/${name}`);
    const wanted = RTCRtpReceiver.getCapabilities(kind).codecs.filter((c) => names.includes(c.mimeType));
    this.pc.getTransceivers().find((t) => t.sender === sender).setCodecPreferences?.(wanted);
  }

  /// One of {enabled}, {track}: none, original or other, {direction}, {add}, {remove}, {restart}; all for `kind`.
  async alter({ kind = 'video', enabled, track, direction, add, remove, restart }) {
    const transceiver = this.pc.getTransceivers().find((t) => t.receiver.track.kind === kind);
    if (enabled !== undefined) transceiver.sender.track.enabled = enabled;
    if (track) await transceiver.sender.replaceTrack({ none: null, original: this.tracks[kind], other: picture(240, 240) }[track]);
    if (direction) transceiver.direction = direction;
    if (add) this.#add(kind);
    if (remove) this.pc.removeTrack(transceiver.sender);
    if (restart) this.pc.restartIce();
  }

  static knows(mimeType) {
    const has = (of) => of.getCapabilities(mimeType.split('/')[0]).codecs.some((c) => c.mimeType === mimeType);
    return has(RTCRtpReceiver) && has(RTCRtpSender);
  }

  /// Sends nothing any more, without negotiation.
  async silence() {
    for (const sender of this.pc.getSenders()) {
      const parameters = sender.getParameters();
      parameters.encodings.forEach((encoding) => { encoding.active = false; });
      await sender.setParameters(parameters);
    }
  }

  async state() {
    const stats = [...(await this.pc.getStats()).values()];
    const of = (type, kind) => stats.find((s) => s.type === type && s.kind === kind) ?? {};
    const pick = (report, names) => Object.fromEntries(names.map((name) => [name, report[name]]));
    return {
      directions: this.pc.getTransceivers().map((t) => t.currentDirection),
      video: this.players.get('video')?.(),
      audio: this.players.get('audio')?.(),
      sent: { pieces: of('outbound-rtp', 'audio').packetsSent, ...pick(of('outbound-rtp', 'video'), ['framesEncoded', 'keyFramesEncoded', 'pliCount', 'firCount', 'nackCount', 'packetsSent', 'retransmittedPacketsSent', 'targetBitrate', 'bytesSent']) },
      received: pick(of('inbound-rtp', 'video'), ['framesDecoded', 'framesReceived', 'keyFramesDecoded', 'packetsReceived', 'packetsLost', 'framesDropped', 'retransmittedPacketsReceived', 'pliCount', 'nackCount', 'freezeCount', 'decoderImplementation']),
      heard: pick(of('inbound-rtp', 'audio'), ['packetsReceived', 'packetsLost', 'concealedSamples', 'totalSamplesReceived']),
      reported: pick(of('remote-inbound-rtp', 'video'), ['packetsLost', 'roundTripTime']),
      told: pick(of('remote-outbound-rtp', 'video'), ['packetsSent', 'reportsSent']),
    };
  }
}

/// Sends a picture in three sizes, largest first. `protection`: what may protect it.
export class Layers {
  constructor(pc, protection = []) {
    this.pc = pc;
    const layer = (rid, scaleResolutionDownBy) => ({ rid, scaleResolutionDownBy, maxBitrate: 1_200_000 / scaleResolutionDownBy });
    const transceiver = pc.addTransceiver(picture(960, 540), {
      direction: 'sendonly', sendEncodings: [layer('h', 1), layer('m', 2), layer('l', 4)],
    });
    const known = RTCRtpReceiver.getCapabilities('video').codecs;
    const names = ['VP8', 'rtx', ...protection].map((name) => `video/${name}`);
    transceiver.setCodecPreferences?.(known.filter((c) => names.includes(c.mimeType)));
    this.sender = transceiver.sender;
  }

  /// One of {layer, active}, {track}: another picture, {restart}.
  async alter({ layer, active, track, restart }) {
    if (layer) {
      const parameters = this.sender.getParameters();
      parameters.encodings.find(({ rid }) => rid === layer).active = active;
      await this.sender.setParameters(parameters);
    }
    if (track) await this.sender.replaceTrack(picture(1024, 576));
    if (restart) this.pc.restartIce();
  }
}
