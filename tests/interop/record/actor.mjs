// Executes the recorder's commands on anything that looks like the W3C's RTCPeerConnection: in a page and in Node.
import { Acts } from './acts.mjs';

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/// `media`: {makeTrack(kind), makeStream()}.
export function makeActor(RTCPeerConnection, media) {
  const entries = new Map(); // connection's name -> {pc, acts}

  const entry = (pc) => ({ pc, acts: new Acts(pc, media) });

  async function local({ pc }, description) {
    await pc.setLocalDescription(description);
    for (let i = 0; i < 200 && pc.iceGatheringState !== 'complete'; ++i) await pause(25);
    return { type: description.type, sdp: pc.localDescription.sdp };
  }

  const commands = {
    create: ({ connection, config }) => void entries.set(connection, entry(new RTCPeerConnection(config))),
    act: ({ connection, lines }) => lines.forEach((line) => entries.get(connection).acts.perform(line)),
    offer: async ({ connection }) => local(entries.get(connection), await entries.get(connection).pc.createOffer()),
    answer: async ({ connection }) => local(entries.get(connection), await entries.get(connection).pc.createAnswer()),
    take: ({ connection, description }) => entries.get(connection).pc.setRemoteDescription(description),
    state: ({ connection }) => entries.get(connection).pc.connectionState,
    table: ({ connection }) => entries.get(connection).acts.table(),
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
