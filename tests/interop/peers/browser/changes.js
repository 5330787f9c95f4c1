// A program that does to its connection whatever comes to its mind, as tests/support/changes.hpp does. A function of the seed.

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

export const makeTrack = (kind) => (kind === 'audio' ? silence() : blank());

export class Changes {
  constructor(pc, { seed, restarts, stops }) {
    Object.assign(this, { pc, x: seed >>> 0, restarts, stops, channels: [] });
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
    this.pc.addTrack(makeTrack(kind));
  }

  openChannel() {
    this.channels.push(this.pc.createDataChannel('channel'));
  }

  change(transceiver, which) {
    if (transceiver.direction === 'stopped') return;
    if (which === 7 && this.stops !== 'none') {
      if (this.stops === 'all' || !this.isFirst(transceiver)) transceiver.stop();
    } else if (which === 8) this.pc.removeTrack(transceiver.sender);
    else transceiver.direction = this.direction();
  }

  /// Its section is the first of the BUNDLE group.
  isFirst({ mid }) {
    const first = this.pc.currentLocalDescription?.sdp.match(/^a=group:BUNDLE (\S+)/m)?.[1];
    return !first || mid === null || mid === first;
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
