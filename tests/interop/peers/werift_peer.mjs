// werift, a stack in TypeScript, as an interop peer: executes the commands of ../README.md ("The protocol") in Node.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fill } from '../lib/fill.mjs';
import { emit, serve } from './commands.mjs';
import { Media } from './werift_media.mjs';

const require = createRequire(path.join(process.env.PARLEY_INTEROP_MODULES, 'package.json'));
const werift = require('werift');

const connections = new Map(); // name -> {pc, trickle, incoming, signals}
const channels = new Map(); // name -> RTCDataChannel


function attributesOf(channel) {
  const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id, readyState } = channel;
  return { label, protocol, ordered, maxRetransmits, maxPacketLifeTime, negotiated, id: id ?? null, readyState };
}

function describeMessage(data) {
  const bytes = Buffer.from(data);
  const kind = typeof data === 'string' ? 'text' : 'binary';
  const message = { kind, size: bytes.length, sha256: crypto.createHash('sha256').update(bytes).digest('hex') };
  if (bytes.length <= 256) kind === 'text' ? (message.text = data) : (message.base64 = bytes.toString('base64'));
  return message;
}

function adopt(name, channel) {
  channels.set(name, channel);
  channel.onopen = () => emit('open', { channel: name });
  channel.onclosing = () => emit('closing', { channel: name });
  channel.onclose = () => emit('close', { channel: name });
  channel.onmessage = ({ data }) => emit('message', { channel: name, ...describeMessage(data) });
  if (channel.readyState === 'open') emit('open', { channel: name }); // negotiated, on a connection that lives
}

async function gathered(pc) {
  if (pc.iceGatheringState === 'complete') return;
  await new Promise((done) => pc.iceGatheringStateChange.subscribe((state) => state === 'complete' && done()));
}

async function describe(connection, description) {
  const { pc, trickle } = connections.get(connection);
  const set = pc.setLocalDescription(description); // is done when all candidates are there
  if (!trickle) {
    await set;
    await gathered(pc);
  }
  const { type, sdp } = trickle ? description : pc.localDescription;
  emit('signal', { connection, message: { [type]: { type, sdp } } });
  await set;
}

async function apply(connection, message) {
  const { pc } = connections.get(connection);
  if (message.offer) {
    await pc.setRemoteDescription(message.offer);
    await describe(connection, await pc.createAnswer());
  } else if (message.answer) {
    await pc.setRemoteDescription(message.answer);
  } else {
    await pc.addIceCandidate(message['new-ice-candidate']);
  }
}

const side = ({ candidate }) => {
  const [, , protocol, , address, port, , type] = candidate.split(' ');
  return { protocol: protocol.toLowerCase(), address, port: Number(port), type };
};

const commands = {
  create({ connection, config, trickle }) {
    const pc = new werift.RTCPeerConnection(config);
    const entry = { pc, trickle, incoming: 0 };
    connections.set(connection, entry);
    const watch = (event, attribute) =>
      pc[event].subscribe(() => emit('state', { connection, name: attribute, value: pc[attribute] }));
    watch('connectionStateChange', 'connectionState');
    watch('iceConnectionStateChange', 'iceConnectionState');
    watch('iceGatheringStateChange', 'iceGatheringState');
    watch('signalingStateChange', 'signalingState');
    pc.onicecandidate = ({ candidate }) => {
      if (candidate && trickle) emit('signal', { connection, message: { 'new-ice-candidate': candidate } });
    };
    pc.ondatachannel = ({ channel }) => {
      const name = `${connection}/in${++entry.incoming}`;
      adopt(name, channel);
      emit('datachannel', { connection, channel: name, attributes: attributesOf(channel) });
    };
  },
  offer: async ({ connection }) => describe(connection, await connections.get(connection).pc.createOffer()),
  signal: ({ connection, message }) => apply(connection, message),
  open({ connection, channel, label, options }) {
    const made = connections.get(connection).pc.createDataChannel(label, options);
    adopt(channel, made);
    return attributesOf(made);
  },
  send({ channel, text, base64, fill: recipe }) {
    const target = channels.get(channel);
    if (recipe) target.send(recipe.kind === 'text' ? fill(recipe).toString() : fill(recipe));
    else target.send(base64 === undefined ? text : Buffer.from(base64, 'base64'));
  },
  shut: ({ channel }) => channels.get(channel).close(),
  close: ({ connection }) => connections.get(connection).pc.close(),
  attributes: ({ channel }) => attributesOf(channels.get(channel)),
  media({ connection, codec, recordings }) {
    if (codec !== 'VP8') return { unknown: true };
    const entry = connections.get(connection);
    entry.media = new Media(werift, entry.pc, recordings);
    return {};
  },
  watch: ({ connection }) => connections.get(connection).media.state(),
  state({ connection }) {
    const { pc } = connections.get(connection);
    const pair = pc.iceTransports[0]?.getSelectedCandidatePair();
    const announced = pc.remoteDescription?.sdp.match(/^a=max-message-size:(\d+)/m)?.[1];
    const { connectionState, iceConnectionState, signalingState, iceGatheringState } = pc;
    return {
      connectionState, iceConnectionState, signalingState, iceGatheringState, maxMessageSize: announced ? Number(announced) : null,
      selectedPair: pair ? { local: side(pair.local), remote: side(pair.remote) } : null,
    };
  },
};

const { version } = JSON.parse(fs.readFileSync(path.join(process.env.PARLEY_INTEROP_MODULES, 'node_modules/werift/package.json')));
await serve(commands, `werift ${version}`);
await Promise.all([...connections.values()].map(({ pc }) => pc.close()));
process.exit(0);
