// The interop peer inside a browser page: it executes the commands of ../../README.md ("The protocol") on the browser's own
// RTCPeerConnection.

import { Acts } from './acts.mjs';
import { agreement, Changes, makeTrack } from './changes.js';
import { Layers, Media } from './media.js';
import { Negotiation } from './negotiation.js';
import { step } from './steps.js';

const connections = new Map(); // name -> {pc, trickle, incoming}
const channels = new Map(); // name -> RTCDataChannel

let reports = ''; // lines not posted yet
let posting = false;

async function post() {
  posting = true;
  while (reports) {
    const body = reports;
    reports = '';
    await fetch('/reports', { method: 'POST', body });
  }
  posting = false;
}

function emit(event, fields) {
  reports += JSON.stringify({ event, ...fields }) + '\n';
  if (!posting) post();
}

function noteStates(connection, pc) {
  const watch = (event, attribute) =>
    pc.addEventListener(event, () => emit('state', { connection, name: attribute, value: pc[attribute] }));
  watch('connectionstatechange', 'connectionState');
  watch('iceconnectionstatechange', 'iceConnectionState');
  watch('icegatheringstatechange', 'iceGatheringState');
  watch('signalingstatechange', 'signalingState');
  pc.addEventListener('icecandidateerror', (e) => emit('icecandidateerror', { connection, url: e.url, code: e.errorCode, text: e.errorText }));
}

const attributesOf = (c) => ({
  label: c.label, protocol: c.protocol, ordered: c.ordered, maxRetransmits: c.maxRetransmits,
  maxPacketLifeTime: c.maxPacketLifeTime, negotiated: c.negotiated, id: c.id, readyState: c.readyState,
});

const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

async function describeMessage(channel, data) {
  const kind = typeof data === 'string' ? 'text' : 'binary';
  const bytes = kind === 'text' ? new TextEncoder().encode(data) : new Uint8Array(data);
  const message = { channel, kind, size: bytes.length, sha256: hex(await crypto.subtle.digest('SHA-256', bytes)) };
  if (bytes.length <= 256) kind === 'text' ? (message.text = data) : (message.base64 = base64(bytes));
  return message;
}

function adopt(name, channel) {
  channels.set(name, channel);
  channel.binaryType = 'arraybuffer';
  let done = Promise.resolve(); // hashing is asynchronous; reports keep the order of the events
  const inOrder = (event, fields) => { done = done.then(async () => emit(event, await fields)); };
  channel.onopen = () => inOrder('open', { channel: name });
  channel.onclosing = () => inOrder('closing', { channel: name });
  channel.onclose = () => inOrder('close', { channel: name });
  channel.onerror = (e) => inOrder('channelerror', { channel: name, text: `${e.error?.errorDetail ?? ''} ${e.error?.message ?? ''}` });
  channel.onmessage = (e) => inOrder('message', describeMessage(name, e.data));
}

// The same bytes in every peer: the upper byte of x = 1664525 x + 1013904223 modulo 2^32, folded to a..z for text.
function fill({ kind, size, seed }) {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed >>> 0; i < size; ++i) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = kind === 'text' ? 97 + ((x >>> 24) % 26) : x >>> 24;
  }
  return kind === 'text' ? new TextDecoder().decode(bytes) : bytes;
}

async function gathered(pc) {
  while (pc.iceGatheringState !== 'complete')
    await new Promise((done) => pc.addEventListener('icegatheringstatechange', done, { once: true }));
}

async function describe(connection, description) {
  const { pc, trickle } = connections.get(connection);
  await pc.setLocalDescription(description);
  if (!trickle) await gathered(pc);
  const { type, sdp } = trickle ? description : pc.localDescription;
  emit('signal', { connection, message: { [type]: { type, sdp } } });
}

async function selectedPair(pc) {
  const stats = await pc.getStats();
  const all = [...stats.values()];
  const transport = all.find((s) => s.type === 'transport' && s.selectedCandidatePairId);
  const pair = transport ? stats.get(transport.selectedCandidatePairId) : all.find((s) => s.type === 'candidate-pair' && s.selected);
  const side = (id) => {
    const c = stats.get(id);
    return c ? { type: c.candidateType, protocol: c.protocol, relayProtocol: c.relayProtocol, address: c.address, port: c.port } : null;
  };
  return pair ? { local: side(pair.localCandidateId), remote: side(pair.remoteCandidateId) } : null;
}

const commands = {
  create({ connection, config, trickle, negotiation }) {
    const pc = new RTCPeerConnection(config);
    const acts = new Acts(pc, { makeTrack, makeStream: () => new MediaStream() });
    const entry = { pc, acts, trickle, incoming: 0 };
    connections.set(connection, entry);
    noteStates(connection, pc);
    if (negotiation) {
      entry.negotiation = new Negotiation(pc, negotiation.polite, (message) => emit('signal', { connection, message }));
      entry.changes = new Changes(pc, negotiation);
    }
    pc.onicecandidate = ({ candidate }) => {
      if (candidate && trickle) emit('signal', { connection, message: { 'new-ice-candidate': candidate.toJSON() } });
    };
    pc.ondatachannel = ({ channel }) => {
      const name = `${connection}/in${++entry.incoming}`;
      adopt(name, channel);
      emit('datachannel', { connection, channel: name, attributes: attributesOf(channel) });
    };
  },
  async offer({ connection, feedback }) {
    const { type, sdp } = await connections.get(connection).pc.createOffer();
    // What a browser knows and does not offer by itself, added for Opus and VP8.
    const added = feedback ? sdp.replace(/^a=rtpmap:(\d+) (?:opus|VP8)\/.*\r\n/gm, `$&a=rtcp-fb:$1 ${feedback}\r\n`) : sdp;
    await describe(connection, { type, sdp: added });
  },
  async signal({ connection, message }) {
    const { pc, negotiation } = connections.get(connection);
    if (negotiation) {
      negotiation.take(message); // and nobody waits
    } else if (message.offer) {
      await pc.setRemoteDescription(message.offer);
      await describe(connection, await pc.createAnswer());
    } else if (message.answer) {
      await pc.setRemoteDescription(message.answer);
    } else {
      await pc.addIceCandidate(message['new-ice-candidate']);
    }
  },
  change({ connection, tracks = [], channel = false, restart = false, count = 0 }) {
    const { pc, changes } = connections.get(connection);
    for (const kind of tracks) changes.addTrack(kind);
    if (channel) changes.openChannel();
    if (restart) pc.restartIce();
    while (count-- > 0) changes.makeOne();
  },
  agreement({ connection }) {
    const { pc, negotiation, changes } = connections.get(connection);
    const open = changes.channels.filter((channel) => channel.readyState === 'open').length;
    const { errors, collisions } = negotiation;
    return { ...agreement(pc), channels: changes.channels.length, open, errors, collisions };
  },
  act: ({ connection, lines }) => lines.forEach((line) => connections.get(connection).acts.perform(line)),
  describe: ({ connection, type, options }) => step(connections.get(connection).pc, type, options),
  take: ({ connection, description }) => connections.get(connection).pc.setRemoteDescription(description),
  view({ connection }) {
    const { pc, acts } = connections.get(connection);
    return { ...agreement(pc), table: acts.table() };
  },
  rids: ({ connection, kind }) => connections.get(connection).acts.rids(kind),
  open({ connection, channel, label, options }) {
    const made = connections.get(connection).pc.createDataChannel(label, options);
    adopt(channel, made);
    return attributesOf(made);
  },
  async media({ connection, codec, sound, frequency, kinds, protection }) {
    if (!Media.knows(`video/${codec}`)) return { unknown: true };
    const entry = connections.get(connection);
    const heard = Media.knows(`audio/${sound}`) ? sound : undefined;
    entry.media = new Media(entry.pc, { codec, sound: heard, frequency, kinds, protection });
    await entry.media.begun;
    return { sound: heard };
  },
  layers({ connection, protection }) {
    const entry = connections.get(connection);
    entry.media = new Layers(entry.pc, protection);
  },
  alter: ({ connection, change }) => connections.get(connection).media.alter(change),
  watch: ({ connection }) => connections.get(connection).media.state(),
  silence: ({ connection }) => connections.get(connection).media.silence(),
  stats: async ({ connection }) => Object.fromEntries(await connections.get(connection).pc.getStats()),
  attributes: ({ channel }) => attributesOf(channels.get(channel)),
  send({ channel, text, base64: encoded, fill: recipe }) {
    const target = channels.get(channel);
    if (recipe) target.send(fill(recipe));
    else if (encoded !== undefined) target.send(Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)));
    else target.send(text);
  },
  shut: ({ channel }) => channels.get(channel).close(),
  close: ({ connection }) => connections.get(connection).pc.close(),
  async state({ connection }) {
    const { pc } = connections.get(connection);
    const maximum = pc.sctp?.maxMessageSize;
    return {
      connectionState: pc.connectionState, iceConnectionState: pc.iceConnectionState, signalingState: pc.signalingState,
      iceGatheringState: pc.iceGatheringState, maxMessageSize: maximum === Infinity ? 'unlimited' : maximum ?? null,
      selectedPair: await selectedPair(pc),
    };
  },
};

async function execute(request) {
  try {
    const result = (await commands[request.command](request)) ?? null;
    emit('reply', { id: request.id, result });
  } catch (e) {
    emit('reply', { id: request.id, error: { name: e.name, message: e.message } });
  }
}

window.onerror = (message) => emit('log', { text: `page error: ${message}` });
window.onunhandledrejection = (e) => emit('log', { text: `unhandled rejection: ${e.reason}` });

const lines = new EventSource('/commands');
lines.onmessage = ({ data }) => execute(JSON.parse(data));
lines.onopen = () => { window.ready = true; };
