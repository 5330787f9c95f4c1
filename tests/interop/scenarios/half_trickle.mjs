// All candidates stand in the descriptions: nothing is trickled, the connection still comes about.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { smallMessages } from './channels.mjs';

async function connect(link) {
  const channel = await link.establish();
  await channel.deliver(link.offerer, smallMessages);
  await channel.deliver(link.answerer, smallMessages);
  for (const peer of [link.offerer, link.answerer]) {
    assert.ok(link.candidatesFrom(peer).length > 0, `${peer.name} has candidates in its description`);
    assert.ok(!link.signals.some((s) => s.from === peer && s.message['new-ice-candidate']), `${peer.name} does not trickle`);
  }
  await link.end();
}

export const halfTrickle = async ({ offerer, answerer }) => connect(new Link(offerer, answerer, { trickle: false }));
