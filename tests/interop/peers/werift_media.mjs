// Media of the werift peer. It sends RTP as it is given, so a recording of VP8 and something like Opus are packed here, over and over,
// and what comes back is compared.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const maxPayload = 1000;
const soundCycle = 251;
const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

function readIvf(file) {
  const bytes = fs.readFileSync(file);
  const frames = [];
  for (let at = bytes.readUInt16LE(6); at < bytes.length;) {
    const size = bytes.readUInt32LE(at);
    frames.push(bytes.subarray(at + 12, at + 12 + size));
    at += 12 + size;
  }
  return frames;
}

/// A frame in pieces, each behind the shortest descriptor that RFC 7741 section 4.2 knows.
function packed(frame) {
  const pieces = [];
  for (let at = 0; at < frame.length; at += maxPayload)
    pieces.push(Buffer.concat([Buffer.from([at === 0 ? 0x10 : 0]), frame.subarray(at, at + maxPayload)]));
  return pieces;
}

/// A packet of Opus (20 ms, one frame) that nobody decodes.
function sound(number) {
  const piece = Buffer.alloc(60, number % soundCycle);
  piece[0] = 0xf8;
  return piece;
}

/// What has arrived of one kind.
class Heard {
  constructor(cycle) {
    Object.assign(this, { cycle, frames: 0, unknown: 0, gaps: 0, last: 0 });
  }

  note(place) {
    if (place === undefined) return void ++this.unknown;
    if (this.frames++ > 0 && place !== (this.last + 1) % this.cycle) ++this.gaps;
    this.last = place;
  }
}

export class Media {
  constructor(werift, pc, recordings) {
    Object.assign(this, { werift, pc, frames: readIvf(path.join(recordings, 'vp8.ivf')), sent: 0, pieces: 0, counts: {} });
    this.places = new Map(this.frames.map((frame, place) => [digest(frame), place]));
    this.heard = { video: new Heard(this.frames.length), audio: new Heard(soundCycle) };
    pc.onTrack.subscribe((track) => this.#listen(track));
    const [video, audio] = ['video', 'audio'].map((kind) => new werift.MediaStreamTrack({ kind }));
    for (const track of [video, audio]) pc.addTrack(track);
    this.#every(33, () => this.#send(video, 2970, packed(this.frames[this.sent++ % this.frames.length])));
    this.#every(20, () => this.#send(audio, 960, [sound(this.pieces++)]));
  }

  #every(milliseconds, act) {
    const timer = setInterval(() => {
      if (this.pc.connectionState === 'connected') act();
      if (this.pc.connectionState === 'closed') clearInterval(timer);
    }, milliseconds);
  }

  #send(track, step, payloads) {
    const count = (this.counts[track.kind] ??= { time: 0, number: 0 });
    count.time += step;
    payloads.forEach((payload, i) => {
      const header = new this.werift.RtpHeader({
        sequenceNumber: count.number++ & 0xffff, timestamp: count.time >>> 0, marker: i === payloads.length - 1, payloadType: 96,
      });
      track.writeRtp(new this.werift.RtpPacket(header, payload));
    });
  }

  #listen(track) {
    const packets = [];
    track.onReceiveRtp.subscribe((packet) => {
      if (track.kind === 'audio') return this.#hear(packet.payload);
      packets.push(packet);
      if (packet.header.marker) this.#see(packets.splice(0));
    });
  }

  #hear(piece) {
    this.heard.audio.note(piece.equals(sound(piece[1])) ? piece[1] : undefined);
  }

  #see(packets) {
    this.heard.video.note(this.places.get(digest(this.werift.dePacketizeRtpPackets('VP8', packets).data)));
  }

  state() {
    const { video, audio } = this.heard;
    return {
      directions: this.pc.getTransceivers().map((each) => each.currentDirection),
      video: { right: video.frames > 0 && video.unknown === 0, gaps: video.gaps, unknown: video.unknown },
      sent: { framesEncoded: this.sent, packetsSent: this.pieces },
      received: { framesDecoded: video.frames },
      heard: { packetsReceived: audio.frames, unknown: audio.unknown, gaps: audio.gaps },
    };
  }
}
