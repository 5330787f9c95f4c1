// A program that does to its connection whatever comes to its mind, as tests/support/changes.hpp does. A function of the seed.
// It stops no transceiver: README.md tells what Chromium does then.

const maxTransceivers = 8;

/// Tracks with nothing in them: what counts is what is agreed on.
let audio;
function silence() {
  audio ??= new AudioContext();
  return audio.createMediaStreamDestination().stream.getAudioTracks()[0];
}
function blank() {
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  return canvas.captureStream(1).getVideoTracks()[0];
}

export class Changes {
  constructor(pc, { seed, restarts }) {
    Object.assign(this, { pc, x: seed >>> 0, restarts, channels: [] });
  }

  makeOne() {
    const transceivers = this.pc.getTransceivers();
    const room = transceivers.length < maxTransceivers;
    const which = this.below(12);
    if (which < (transceivers.length ? 2 : 6)) {
      if (room) this.addTrack(this.kind());
    } else if (which < 4) {
      if (room) this.pc.addTransceiver(this.kind(), { direction: this.direction() });
    } else if (which < 6) {
      this.openChannel();
    } else if (which === 6) {
      if (this.restarts) this.pc.restartIce();
    } else if (transceivers.length) {
      this.change(transceivers[this.below(transceivers.length)], which);
    }
  }

  addTrack(kind) {
    this.pc.addTrack(kind === 'audio' ? silence() : blank());
  }

  openChannel() {
    this.channels.push(this.pc.createDataChannel('channel'));
  }

  change(transceiver, which) {
    if (transceiver.direction === 'stopped') return;
    if (which === 8) this.pc.removeTrack(transceiver.sender);
    else transceiver.direction = this.direction();
  }

  below(limit) {
    this.x = (Math.imul(this.x, 1664525) + 1013904223) >>> 0;
    return (this.x >>> 16) % limit;
  }

  kind() {
    return ['audio', 'video'][this.below(2)];
  }

  direction() {
    return ['sendrecv', 'sendonly', 'recvonly', 'inactive'][this.below(4)];
  }
}

/// What the connection believes to have agreed on.
export function agreement(pc) {
  return {
    signalingState: pc.signalingState, connectionState: pc.connectionState,
    local: pc.currentLocalDescription?.sdp ?? '', remote: pc.currentRemoteDescription?.sdp ?? '',
    transceivers: pc.getTransceivers().map(({ mid, receiver, direction, currentDirection }) =>
      ({ mid, kind: receiver.track.kind, direction, currentDirection })),
  };
}
