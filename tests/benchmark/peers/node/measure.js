'use strict';
// The measurements of ../../README.md for any peer library that Node can load. A library gives createPeer(onSignal):
// { createChannel(label, {reliable}), onChannel(handler), signal(message), close() }, a channel is
// { isOpen, send(bytes), bufferedAmount(), onMessage(handler(size)), onLow(threshold, handler) }. One that takes RTP packets
// gives createRtpPair() too: { payloadType, ssrc, send(bytes), onPacket(handler) }, once it is connected.
const readline = require('node:readline');

const HIGH = 1024 * 1024;
const LOW = 512 * 1024;
const print = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const now = () => performance.now();
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Hands over signals one after the other, as they came. */
function inOrder(peer) {
  let last = Promise.resolve();
  return (message) => { last = last.then(() => peer().signal(message)).catch((error) => console.error(String(error))); };
}

/** Both ends here: { offerer, answerer, sender, receiver, close }. */
async function localPair(library, options) {
  let offerer, answerer;
  const toAnswerer = inOrder(() => answerer);
  const toOfferer = inOrder(() => offerer);
  offerer = library.createPeer(toAnswerer);
  answerer = library.createPeer(toOfferer);
  const incoming = new Promise((resolve) => answerer.onChannel(resolve));
  const sender = offerer.createChannel('bench', options);
  const receiver = await incoming;
  await Promise.all([sender.isOpen, receiver.isOpen]);
  return { sender, receiver, close() { offerer.close(); answerer.close(); } };
}

/** One end here, the other behind standard input and output: a channel. */
async function remoteEnd(library, mode, options, lines) {
  const peer = library.createPeer((signal) => print({ signal }));
  const deliver = inOrder(() => peer);
  const incoming = new Promise((resolve) => peer.onChannel(resolve));
  lines.on('line', (line) => deliver(JSON.parse(line).signal));
  const channel = mode === 'offer' ? peer.createChannel('bench', options) : await incoming;
  await channel.isOpen;
  return channel;
}

async function ends(library, mode, options, lines) {
  if (mode === 'local') return localPair(library, options);
  const channel = await remoteEnd(library, mode, options, lines);
  return mode === 'offer' ? { sender: channel } : { receiver: channel };
}

function keepFull(channel, size) {
  const message = Buffer.alloc(size, 7);
  const fill = () => {
    // A bounded run: a library that drains as fast as this fills must not keep the event loop from the receiver.
    for (let i = 0; i < 256; ++i) {
      if (channel.bufferedAmount() >= HIGH) return;
      channel.send(message);
    }
    setImmediate(fill);
  };
  channel.onLow(LOW, fill);
  fill();
}

async function countMessages(channel, { warmup, seconds }) {
  let bytes = 0, messages = 0;
  await new Promise((resolve) => channel.onMessage((size) => { bytes += size; ++messages; resolve(); }));
  await sleep(warmup * 1000);
  const before = { bytes, messages, at: now() };
  print({ mark: 'start' });
  await sleep(seconds * 1000);
  print({ mark: 'end' });
  return { bytes: bytes - before.bytes, messages: messages - before.messages, seconds: (now() - before.at) / 1000 };
}

async function flow(library, mode, options, lines) {
  const { sender, receiver } = await ends(library, mode, options, lines);
  const counted = receiver && countMessages(receiver, options);
  if (sender) keepFull(sender, options.size);
  if (counted) print({ result: await counted });
}

async function roundtrip(library, mode, options, lines) {
  const { sender, receiver } = await ends(library, mode, { reliable: 1 }, lines);
  const message = Buffer.alloc(options.size, 7);
  if (receiver) receiver.onMessage(() => receiver.send(message));
  if (!sender) return;
  let back = () => {};
  sender.onMessage(() => back());
  const trip = () => new Promise((resolve) => { back = resolve; sender.send(message); });
  for (let i = 0; i < options.warmup; ++i) await trip();
  const micros = [];
  print({ mark: 'start' });
  for (let i = 0; i < options.trips; ++i) {
    const before = now();
    await trip();
    micros.push((now() - before) * 1000);
  }
  print({ mark: 'end' });
  print({ result: { micros } });
}

/** Connects `count` pairs, at most `together` at a time; gives up waiting after `deadline` seconds. */
async function connectMany(library, count, together, deadline) {
  const pairs = [], millis = [];
  let started = 0;
  const worker = async () => {
    while (started < count) {
      ++started;
      const before = now();
      pairs.push(await localPair(library, { reliable: 1 }));
      millis.push(now() - before);
    }
  };
  await Promise.race([Promise.all(Array.from({ length: together }, worker)), sleep(deadline * 1000)]);
  return { pairs, millis };
}

async function setup(library, mode, options) {
  for (let i = 0; i < options.warmup; ++i) (await localPair(library, { reliable: 1 })).close();
  const millis = [];
  const before = now();
  print({ mark: 'start' });
  if (options.together > 1) {
    millis.push(...(await connectMany(library, options.pairs, options.together, options.deadline)).millis);
  } else {
    for (let i = 0; i < options.pairs; ++i) {
      const { pairs, millis: one } = await connectMany(library, 1, 1, options.deadline);
      millis.push(...one);
      pairs.forEach((pair) => pair.close());
    }
  }
  print({ mark: 'end' });
  print({ result: { millis, seconds: (now() - before) / 1000, pairs: options.pairs } });
}

async function idle(library, mode, options) {
  (await localPair(library, { reliable: 1 })).close();
  await sleep(200);
  print({ mark: 'start' });
  const { pairs } = await connectMany(library, options.pairs, 20, options.deadline);
  print({ mark: 'ready' });
  print({ result: { connected: pairs.length } });
  globalThis.kept = pairs;
}

/** A packet of VP8 (RFC 3550, RFC 7741): without header extensions, as long as the others' with theirs. */
function rtpPacket(size, { payloadType, ssrc }) {
  const packet = Buffer.alloc(size, 1);
  packet[0] = 0x80;
  packet[1] = payloadType;
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** Keeps `window` packets on their way; what is lost gives its place to others. */
async function rtp(library, mode, options) {
  if (!library.createRtpPair) {
    print({ result: { unsupported: 'no RTP packets' } });
    return;
  }
  const pair = await library.createRtpPair();
  const packet = rtpPacket(options.size, pair);
  let sent = 0, received = 0, lost = 0;
  const send = () => {
    packet.writeUInt16BE(sent & 0xffff, 2);
    packet.writeUInt32BE(Math.floor(sent / 10) * 3000, 4);
    packet[1] = (packet[1] & 0x7f) | (sent % 10 === 9 ? 0x80 : 0);
    pair.send(packet);
    ++sent;
  };
  const fill = () => { while (sent - lost - received < options.window) send(); };
  pair.onPacket(() => { if (++received % (options.window / 4) === 0) fill(); });
  let before = -1;
  const watch = setInterval(() => {
    if (received === before) {
      lost = sent - received;
      fill();
    }
    before = received;
  }, 20);
  fill();
  await sleep(options.warmup * 1000);
  const start = { sent, received, at: now() };
  print({ mark: 'start' });
  await sleep(options.seconds * 1000);
  print({ mark: 'end' });
  clearInterval(watch);
  print({ result: { packets: received - start.received, sent: sent - start.sent, seconds: (now() - start.at) / 1000 } });
}

function measure(library) {
  const [measurement, mode, ...rest] = process.argv.slice(2);
  const options = Object.fromEntries(rest.map((word) => word.split('=')).map(([key, value]) => [key, Number(value)]));
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('close', () => { library.exit(); process.exit(0); });
  ({ flow, roundtrip, setup, idle, rtp })[measurement](library, mode, options, lines).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

module.exports = { measure };
