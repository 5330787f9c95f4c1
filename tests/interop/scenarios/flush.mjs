// What was sent before close() arrives before the other side sees the channel close (RFC 8831 section 6.7).
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';

const contents = Array.from({ length: 40 }, (_, i) => ({ fill: { kind: 'binary', size: 16384, seed: i } }));

async function sendAndClose(link, sender) {
  const receiver = link.opposite(sender);
  const channel = await (await link.open(sender, `filled by ${sender.machine}`)).opened();
  for (const content of contents) channel.send(sender, content).catch((e) => sender.notice({ event: 'log', text: e.message }));
  await channel.close(sender);
  const events = receiver.events.filter((e) => e.channel === channel.nameAt(receiver));
  const before = events.slice(0, events.findIndex((e) => e.event === 'close')).filter((e) => e.event === 'message');
  assert.equal(before.length, contents.length, `${receiver.name} got this many messages before the close`);
}

export async function flush({ offerer, answerer }) {
  const link = new Link(offerer, answerer);
  await link.establish();
  for (const sender of [offerer, answerer]) 
    if (sender.stack.flushesOnClose && !link.opposite(sender).stack.losesOnClose) await sendAndClose(link, sender);
  await link.end();
}
