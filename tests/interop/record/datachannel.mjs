// The recorder's commands on node-datachannel, which is libdatachannel: it has no W3C objects for media, and describes its
// tracks as a program asks for.

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export function makeDataChannelActor(library) {
  const entries = new Map(); // connection's name -> {pc, tracks, gathered, count}

  function describeTrack(kind, mid, direction) {
    const words = { sendrecv: 'SendRecv', sendonly: 'SendOnly', recvonly: 'RecvOnly', inactive: 'Inactive' };
    const media = new library[kind === 'audio' ? 'Audio' : 'Video'](mid, words[direction]);
    if (kind === 'audio') media.addOpusCodec(111);
    else for (const [number, name] of [[96, 'VP8'], [98, 'VP9'], [102, 'H264']]) media[`add${name}Codec`](number);
    media.addSSRC(kind === 'audio' ? 1111 : 2222, 'name', 'stream', `${kind}-track`);
    return media;
  }

  const add = (entry, kind, direction, ...rids) => {
    if (rids.length) throw new Error('has no simulcast');
    entry.tracks.push(entry.pc.addTrack(describeTrack(kind, `${kind}${entry.count++}`, direction)));
  };
  const actions = {
    add,
    track: (entry, kind) => add(entry, kind, 'sendrecv'),
    channel: (entry) => void entry.pc.createDataChannel('data'),
  };

  async function local(entry, type) {
    entry.pc.setLocalDescription(type);
    for (let i = 0; i < 200 && entry.pc.gatheringState() !== 'complete'; ++i) await pause(25);
    const { sdp } = entry.pc.localDescription();
    return { type, sdp };
  }

  const commands = {
    create({ connection }) {
      const pc = new library.PeerConnection(connection, { iceServers: [], disableAutoNegotiation: true });
      const entry = { pc, tracks: [], count: 0 };
      pc.onTrack((track) => entry.tracks.push(track));
      pc.onDataChannel((channel) => { entry.channel = channel; });
      entries.set(connection, entry);
    },
    act({ connection, lines }) {
      for (const line of lines) {
        const [name, ...words] = line.split(' ');
        if (!actions[name]) throw new Error(`has no ${name}`);
        actions[name](entries.get(connection), ...words);
      }
    },
    offer: ({ connection }) => local(entries.get(connection), 'offer'),
    answer: ({ connection }) => local(entries.get(connection), 'answer'),
    take: ({ connection, description: { sdp, type } }) => void entries.get(connection).pc.setRemoteDescription(sdp, type),
    state: ({ connection }) => entries.get(connection).pc.state(),
    table: () => [],
    close: ({ connection }) => void entries.get(connection).pc.close(),
  };

  return async ({ id, command, ...fields }) => {
    try {
      return { event: 'reply', id, result: (await commands[command](fields)) ?? null };
    } catch (e) {
      return { event: 'reply', id, error: { name: 'Error', message: String(e?.message ?? e) } };
    }
  };
}
