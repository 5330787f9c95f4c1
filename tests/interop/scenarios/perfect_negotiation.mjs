// Perfect negotiation (webrtc-pc section 10.7): both sides change their connection at random and at the same time, over signaling
// that takes its time, and agree in the end. The offerer is the impolite one.
import assert from 'node:assert/strict';
import { expectAgreement, isSettled } from '../lib/agreement.mjs';
import { Link } from '../lib/link.mjs';
import { Random } from '../lib/random.mjs';

const seeds = (process.env.PARLEY_INTEROP_SEEDS ?? '1,2,3,4').split(',').map(Number);
const rounds = 6;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/// What both believe once nothing happens any more.
async function settled(link, peers) {
  const end = Date.now() + 60_000;
  for (let quiet = 0; ;) {
    const said = link.signals.length;
    await pause(100);
    const views = await Promise.all(peers.map((peer) => peer.command('agreement', { connection: link.name })));
    quiet = link.signals.length === said && views.every(isSettled) ? quiet + 1 : 0;
    if (quiet >= 5 || Date.now() > end) return views;
  }
}

/// The offers that came while there was one of the receiver's own, as the side that runs the specification's code counts them.
const collisions = (views) => views.reduce((sum, view) => sum + (view.collisions ?? 0), 0);

async function negotiateAtRandom({ offerer, answerer, note }, seed) {
  const random = new Random(seed);
  const link = new Link(offerer, answerer, { trickle: false, delay: () => 2 + random.below(20) });
  const peers = [offerer, answerer];
  const restarts = !answerer.stack.losesCrossedRestarts;
  const stops = process.env.PARLEY_INTEROP_STOPS ?? 'none';
  await link.prepare((peer) => ({ negotiation: { polite: peer === answerer, seed: seed * 1000 + (peer === answerer), restarts, stops } }));
  const change = (peer, changes) => peer.command('change', { connection: link.name, ...changes });
  const both = (changes) => Promise.all(peers.map((peer) => change(peer, changes())));
  // The first offers cross already. Then one side begins with a channel and a picture: what happens when both do, README.md tells.
  await both(() => ({ tracks: ['audio'] }));
  await settled(link, peers);
  await change(offerer, { tracks: ['video'], channel: true });
  await settled(link, peers);
  for (let round = 0; round < rounds; ++round) {
    await both(() => ({ count: 1 + random.below(3) }));
    await pause(random.below(60));
  }
  for (const peer of peers) {
    await settled(link, peers);
    await change(peer, { restart: true });
  }
  const views = await settled(link, peers);
  note(`seed ${seed}: ${link.signals.length} messages, ${collisions(views)} collisions, ` +
    `${views[0].transceivers.length} transceivers, ${views.map((view) => view.open).join('+')} channels`);
  const errors = views.flatMap((view, i) => view.errors.map((error) => `${peers[i].name}: ${error}`));
  assert.deepEqual(errors, []);
  expectAgreement(...views);
  const channel = await (await link.open(offerer, 'afterwards')).opened();
  for (const peer of peers) await channel.deliver(peer, [{ text: `still here, ${peer.name}` }]);
  await link.end();
  return collisions(views);
}

export async function perfectNegotiation(context) {
  const { offerer, answerer, note } = context;
  const able = [offerer, answerer].every((peer) => peer.stack.negotiatesPerfectly);
  if (!able) return note('one of them has no rollback by an offer');
  let crossed = 0;
  for (const seed of seeds) crossed += await negotiateAtRandom(context, seed);
  const counts = [offerer, answerer].some((peer) => peer.stack.countsCollisions);
  assert.ok(crossed > 0 || !counts, 'no offers crossed: nothing was tested');
}
