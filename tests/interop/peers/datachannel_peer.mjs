// libdatachannel (npm: node-datachannel) as an interop peer: executes the commands of ../README.md ("The protocol") in Node.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fill } from '../lib/fill.mjs';
import { emit, serve } from './commands.mjs';

const modules = process.env.PARLEY_INTEROP_MODULES;
const library = createRequire(path.join(modules, 'package.json'))('node-datachannel');

const connections = new Map(); // name -> {pc, trickle, incoming}
const channels = new Map(); // name -> {channel, options}: the options if it was opened here


/// What a channel is asked to be; of one that is announced it tells less.
function attributesOf({ channel, options }) {
  const known = options && {
    ordered: options.ordered ?? true, maxRetransmits: options.maxRetransmits ?? null, maxPacketLifeTime: options.maxPacketLifeTime ?? null,
    negotiated: options.negotiated ?? false,
  };
  const id = channel.getId();
  return {
    label: channel.getLabel(), protocol: channel.getProtocol(), ...known, id: id >= 0 ? id : null,
    readyState: channel.isOpen() ? 'open' : 'connecting',
  };
}

function describeMessage(data) {
  const bytes = Buffer.from(data);
  const kind = typeof data === 'string' ? 'text' : 'binary';
  const message = { kind, size: bytes.length, sha256: crypto.createHash('sha256').update(bytes).digest('hex') };
  if (bytes.length <= 256) kind === 'text' ? (message.text = data) : (message.base64 = bytes.toString('base64'));
  return message;
}

function adopt(name, channel, options) {
  channels.set(name, { channel, options });
  if (channel.isOpen()) emit('open', { channel: name });
  else channel.onOpen(() => emit('open', { channel: name }));
  channel.onClosed(() => emit('close', { channel: name }));
  channel.onError((text) => emit('channelerror', { channel: name, text }));
  channel.onMessage((data) => emit('message', { channel: name, ...describeMessage(data) }));
}

/// It takes a user and a password in the URL, and calls the transport otherwise.
function serversOf(servers = []) {
  return servers.flatMap(({ urls, username, credential }) => [urls].flat().map((url) => {
    const [, hostname, port] = url.match(/^turn:(.*):(\d+)/);
    return { hostname, port: Number(port), username, password: credential, relayType: url.endsWith('tcp') ? 'TurnTcp' : 'TurnUdp' };
  }));
}

async function describe(connection, type) {
  const { pc, trickle } = connections.get(connection);
  pc.setLocalDescription(type);
  for (let i = 0; !trickle && i < 400 && pc.gatheringState() !== 'complete'; ++i) await new Promise((done) => setTimeout(done, 25));
  emit('signal', { connection, message: { [type]: { type, sdp: pc.localDescription().sdp } } });
}

const side = ({ address, port, type, transportType }) => ({ address, port, type, protocol: transportType.toLowerCase() });

const commands = {
  create({ connection, config, trickle }) {
    const pc = new library.PeerConnection(connection, {
      iceServers: serversOf(config.iceServers), iceTransportPolicy: config.iceTransportPolicy ?? 'all', disableAutoNegotiation: true,
    });
    const entry = { pc, trickle, incoming: 0 };
    connections.set(connection, entry);
    const watch = (event, name) => pc[event]((value) => emit('state', { connection, name, value }));
    watch('onStateChange', 'connectionState');
    watch('onIceStateChange', 'iceConnectionState');
    watch('onGatheringStateChange', 'iceGatheringState');
    watch('onSignalingStateChange', 'signalingState');
    pc.onLocalCandidate((candidate, sdpMid) => {
      if (trickle) emit('signal', { connection, message: { 'new-ice-candidate': { candidate: candidate.replace(/^a=/, ''), sdpMid } } });
    });
    pc.onDataChannel((channel) => {
      const name = `${connection}/in${++entry.incoming}`;
      emit('datachannel', { connection, channel: name, attributes: attributesOf({ channel }) });
      adopt(name, channel);
    });
  },
  offer: ({ connection }) => describe(connection, 'offer'),
  signal({ connection, message }) {
    const { pc } = connections.get(connection);
    const { offer, answer, 'new-ice-candidate': candidate } = message;
    if (offer) {
      pc.setRemoteDescription(offer.sdp, 'offer');
      return describe(connection, 'answer');
    }
    if (answer) pc.setRemoteDescription(answer.sdp, 'answer');
    else if (candidate.candidate) pc.addRemoteCandidate(candidate.candidate, candidate.sdpMid ?? '0');
  },
  open({ connection, channel, label, options }) {
    const { ordered = true, ...others } = options;
    adopt(channel, connections.get(connection).pc.createDataChannel(label, { unordered: !ordered, ...others }), options);
    return attributesOf(channels.get(channel));
  },
  send({ channel: name, text, base64, fill: recipe }) {
    const { channel } = channels.get(name);
    const content = recipe ? (recipe.kind === 'text' ? fill(recipe).toString() : fill(recipe)) : text ?? Buffer.from(base64, 'base64');
    if (typeof content === 'string') channel.sendMessage(content);
    else channel.sendMessageBinary(content);
  },
  shut: ({ channel }) => channels.get(channel).channel.close(),
  close: ({ connection }) => connections.get(connection).pc.close(),
  attributes: ({ channel }) => attributesOf(channels.get(channel)),
  state({ connection }) {
    const { pc } = connections.get(connection);
    const pair = pc.getSelectedCandidatePair();
    return {
      connectionState: pc.state(), iceConnectionState: pc.iceState(), signalingState: pc.signalingState(),
      iceGatheringState: pc.gatheringState(), maxMessageSize: pc.maxMessageSize() || null,
      selectedPair: pair ? { local: side(pair.local), remote: side(pair.remote) } : null,
    };
  },
};

const { version } = JSON.parse(fs.readFileSync(path.join(modules, 'node_modules/node-datachannel/package.json')));
await serve(commands, `node-datachannel ${version}, ${library.getLibraryVersion()}`);
for (const { pc } of connections.values()) pc.close();
process.exit(0);
