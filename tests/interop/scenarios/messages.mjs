// A mebibyte each way, as text and as binary: in one message where the receiver takes that, else in messages of exactly the
// maximum; one byte more than the maximum is refused by the sender.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';

const mebibyte = 1 << 20;
const worthTrying = 64 * mebibyte; // no peer is asked to make a message larger than this

/// The largest message `peer` may send, and whether it said so itself.
async function maximumFrom(link, peer) {
  const receiver = link.opposite(peer);
  const announced = link.announcedMaximum(receiver);
  const { maxMessageSize } = await link.state(peer);
  const own = maxMessageSize === 'unlimited' ? Infinity : maxMessageSize ?? Infinity;
  assert.ok(own === Infinity || own <= announced, `${peer.name} says maxMessageSize ${own}, announced to it was ${announced}`);
  return Math.min(announced, own, receiver.stack.receiveMaximum ?? Infinity, peer.stack.sendMaximum ?? Infinity);
}

async function sendMebibyte(channel, peer, maximum, kind, note) {
  const start = performance.now();
  const size = Math.min(maximum, mebibyte);
  const contents = [];
  for (let sent = 0; sent < mebibyte; sent += size) contents.push({ fill: { kind, size: Math.min(size, mebibyte - sent), seed: sent + 7 } });
  await channel.deliver(peer, contents, 120);
  note(`${peer.name} sent 1 MiB of ${kind} in ${Math.round(performance.now() - start)} ms`);
}

async function refuseLarger(link, channel, peer) {
  const { maxMessageSize } = await link.state(peer);
  const limit = peer.stack.sendMaximum ?? maxMessageSize;
  if (peer.stack.refusesTooLarge === null || !(limit < worthTrying)) return;
  for (const kind of ['text', 'binary'])
    await assert.rejects(channel.send(peer, { fill: { kind, size: limit + 1, seed: 1 } }), (error) => {
      if (peer.stack.refusesTooLarge === 'TypeError') assert.equal(error.name, 'TypeError', error.message);
      return true;
    }, `${peer.name} refuses ${limit + 1} bytes`);
}

export async function messages({ offerer, answerer, note }) {
  const link = new Link(offerer, answerer);
  const channel = await link.establish();
  for (const peer of [offerer, answerer]) {
    const maximum = await maximumFrom(link, peer);
    note(`${peer.name} sends messages of up to ${maximum} bytes`);
    for (const kind of ['binary', 'text']) await sendMebibyte(channel, peer, maximum, kind, note);
    await refuseLarger(link, channel, peer);
    await channel.deliver(peer, [{ text: 'still open' }]);
  }
  await link.end();
}
