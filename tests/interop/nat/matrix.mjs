// Every kind of host against every other, in both roles, with STUN and TURN: which pair must be selected.
import { expectPair } from './pair.mjs';

export const kinds = ['public', 'full-cone', 'port-restricted', 'symmetric'];

// What the local end is when nothing stands in the way. A symmetric router makes an address that nobody has signaled.
const own = { public: 'host', 'full-cone': 'srflx', 'port-restricted': 'srflx', symmetric: 'prflx' };

// One relay is enough: the other side reaches it from behind whatever router. Which side's it is decide a few bits of priority.
const relayed = (left, right) => [[`relay/${own[right]}`, `${own[right]}/relay`], [`${own[left]}/relay`, `relay/${own[left]}`]];

/// Allowed pairs as expectPair() takes them.
export function expected(left, right) {
  const guarded = ['port-restricted', 'symmetric'];
  const needsRelay = (left === 'symmetric' && guarded.includes(right)) || (right === 'symmetric' && guarded.includes(left));
  return needsRelay ? relayed(left, right) : [[`${own[left]}/${own[right]}`, `${own[right]}/${own[left]}`]];
}

/// The tests "LEFT.RIGHT"; the left host offers.
export const matrix = Object.fromEntries(kinds.flatMap((left) => kinds.map((right) => [`${left}.${right}`, async ({ peer, turn, note }) => {
  const server = await turn();
  const config = { iceServers: [...server.stun(), ...server.servers('udp')] };
  const { link } = await expectPair(await peer(`left-${left}`), await peer(`right-${right}`), config, expected(left, right), note);
  await link.end();
}])));
