// A program that changes its connection as it is told, line by line (cases.mjs says what there is): in a page and in Node.

const kindOf = (transceiver) => transceiver.receiver?.track?.kind ?? transceiver.kind;
const isOver = (transceiver) => transceiver.stopped || transceiver.direction === 'stopped' || transceiver.currentDirection === 'stopped';

const actions = {
  add({ pc, stream, makeTrack }, kind, direction, ...rids) {
    const sends = direction.startsWith('send');
    pc.addTransceiver(sends ? makeTrack(kind) : kind, {
      direction, ...(sends && { streams: [stream] }), ...(rids.length && { sendEncodings: rids.map((rid) => ({ rid })) }),
    });
  },
  track: ({ pc, stream, makeTrack }, kind) => pc.addTrack(makeTrack(kind), stream),
  channel: ({ pc }) => pc.createDataChannel('data'),
  direction(acts, kind, direction) {
    const transceiver = acts.first(kind);
    if (transceiver.setDirection) transceiver.setDirection(direction); // werift
    else transceiver.direction = direction;
  },
  remove: (acts, kind) => acts.pc.removeTrack(acts.first(kind).sender),
  stop: (acts, kind) => acts.first(kind).stop(),
  restart: ({ pc }) => pc.restartIce(),
};

export class Acts {
  /// `media`: {makeTrack(kind), makeStream()}.
  constructor(pc, { makeTrack, makeStream }) {
    Object.assign(this, { pc, makeTrack, stream: makeStream() });
  }

  first(kind) {
    return this.pc.getTransceivers().find((each) => kindOf(each) === kind && !isOver(each));
  }

  perform(line) {
    const [name, ...words] = line.split(' ');
    actions[name](this, ...words);
  }

  /// One line for each transceiver that has a section: mid, kind and current direction.
  table() {
    return this.pc.getTransceivers().filter((each) => each.mid !== null && each.mid !== undefined)
      .map((each) => `${each.mid} ${kindOf(each)} ${isOver(each) ? 'stopped' : each.currentDirection ?? 'none'}`);
  }

  /// The rids of what the first transceiver of a kind sends.
  rids(kind) {
    return this.first(kind).sender.getParameters().encodings.map(({ rid }) => rid ?? null);
  }
}
