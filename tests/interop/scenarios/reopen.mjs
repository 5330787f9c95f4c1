// Channels close from each side, whoever opened them; the connection goes on, and new channels get ids that are safe to use.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { smallMessages } from './channels.mjs';

async function idIsFree(link, channel, live) {
  const taken = live.map((c) => c.announced.id);
  assert.ok(!taken.includes(channel.announced.id), `id ${channel.announced.id} is in use: ${taken}`);
}

export async function reopen({ offerer, answerer }) {
  const link = new Link(offerer, answerer);
  const first = await link.establish();
  for (const round of [1, 2])
    for (const opener of [offerer, answerer])
      for (const closer of [offerer, answerer]) {
        const name = `round ${round}, opened by ${opener.machine}, closed by ${closer.machine}`;
        const channel = await (await link.open(opener, name)).opened();
        await idIsFree(link, channel, [first]);
        await channel.deliver(opener, smallMessages);
        await channel.deliver(closer, [{ text: name }]);
        await channel.close(closer);
      }
  await first.deliver(offerer, smallMessages);
  await first.deliver(answerer, smallMessages);
  await first.close(answerer); // even with no channel left, the connection goes on
  const last = await (await link.open(answerer, 'last')).opened();
  await last.deliver(offerer, smallMessages);
  await last.deliver(answerer, smallMessages);
  await link.end();
}
