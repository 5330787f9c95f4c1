// Executes the recorder's commands on anything that looks like the W3C's RTCPeerConnection: in a page and in Node.

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/// `media`: {makeTrack(kind), makeStream()}.
export function makeActor(RTCPeerConnection, { makeTrack, makeStream }) {
  const entries = new Map(); // connection's name -> {pc, stream}

  const kindOf = (transceiver) => transceiver.receiver?.track?.kind ?? transceiver.kind;
  const isOver = (transceiver) => transceiver.stopped || transceiver.direction === 'stopped' || transceiver.currentDirection === 'stopped';
  const first = (pc, kind) => pc.getTransceivers().find((each) => kindOf(each) === kind && !isOver(each));

  const actions = {
    add({ pc, stream }, kind, direction, ...rids) {
      const sends = direction.startsWith('send');
      pc.addTransceiver(sends ? makeTrack(kind) : kind, {
        direction, ...(sends && { streams: [stream] }), ...(rids.length && { sendEncodings: rids.map((rid) => ({ rid })) }),
      });
    },
    track: ({ pc, stream }, kind) => pc.addTrack(makeTrack(kind), stream),
    channel: ({ pc }) => pc.createDataChannel('data'),
    direction({ pc }, kind, direction) {
      const transceiver = first(pc, kind);
      if (transceiver.setDirection) transceiver.setDirection(direction); // werift
      else transceiver.direction = direction;
    },
    remove: ({ pc }, kind) => pc.removeTrack(first(pc, kind).sender),
    stop: ({ pc }, kind) => first(pc, kind).stop(),
    restart: ({ pc }) => pc.restartIce(),
  };

  async function local({ pc }, description) {
    await pc.setLocalDescription(description);
    for (let i = 0; i < 200 && pc.iceGatheringState !== 'complete'; ++i) await pause(25);
    return { type: description.type, sdp: pc.localDescription.sdp };
  }

  const commands = {
    create: ({ connection, config }) => void entries.set(connection, { pc: new RTCPeerConnection(config), stream: makeStream() }),
    act({ connection, lines }) {
      for (const line of lines) {
        const [name, ...words] = line.split(' ');
        actions[name](entries.get(connection), ...words);
      }
    },
    offer: async ({ connection }) => local(entries.get(connection), await entries.get(connection).pc.createOffer()),
    answer: async ({ connection }) => local(entries.get(connection), await entries.get(connection).pc.createAnswer()),
    take: ({ connection, description }) => entries.get(connection).pc.setRemoteDescription(description),
    state: ({ connection }) => entries.get(connection).pc.connectionState,
    /// One line for each transceiver that has a section.
    table: ({ connection }) => entries.get(connection).pc.getTransceivers().filter((each) => each.mid !== null && each.mid !== undefined)
      .map((each) => `${each.mid} ${kindOf(each)} ${isOver(each) ? 'stopped' : each.currentDirection ?? 'none'}`),
    close: ({ connection }) => entries.get(connection).pc.close(),
  };

  return async ({ id, command, ...fields }) => {
    try {
      return { event: 'reply', id, result: (await commands[command](fields)) ?? null };
    } catch (e) {
      return { event: 'reply', id, error: { name: e?.name ?? 'Error', message: e?.message ?? String(e) } };
    }
  };
}
