// Connects two hosts and says what came of it.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';

const small = [{ text: 'one' }, { base64: 'AAECAw==' }, { fill: { kind: 'binary', size: 30_000, seed: 7 } }];

const kinds = ({ selectedPair: { local, remote } }) => {
  const name = (side) => side.type + (side.relayProtocol === 'tcp' ? '(tcp)' : '');
  return `${name(local)}/${name(remote)}`;
};
const place = (side) => `${side.address} ${side.port}`;

/// What each side sees must be the same pair from its two ends.
export async function selected(link) {
  const [left, right] = [await link.state(link.offerer), await link.state(link.answerer)];
  for (const state of [left, right]) assert.ok(state.selectedPair, 'a pair is selected');
  assert.equal(place(left.selectedPair.local), place(right.selectedPair.remote), 'the offerer sends from where the answerer sends to');
  assert.equal(place(right.selectedPair.local), place(left.selectedPair.remote), 'the answerer sends from where the offerer sends to');
  return { left, right, kinds: [kinds(left), kinds(right)] };
}

/// Messages of several sizes both ways.
export async function talk(link, channel, seconds = 10) {
  for (const peer of [link.offerer, link.answerer]) await channel.deliver(peer, small, seconds);
}

/// Connects within `limit` seconds; returns the link, its channel, and the seconds it took until both sides were connected.
export async function connect(offerer, answerer, config, { limit = 10, trickle = true } = {}) {
  const link = new Link(offerer, answerer, { config, trickle });
  await link.prepare();
  const first = await link.open(offerer, 'first');
  const start = performance.now();
  await link.connect(limit);
  const seconds = (performance.now() - start) / 1000;
  const channel = await first.opened();
  await talk(link, channel);
  return { link, channel, seconds };
}

/// As connect(), and the selected pair must be one of `allowed`, seen from the offerer and from the answerer:
/// [["host/srflx", "srflx/host"], …]. A remote candidate may always be peer-reflexive instead: a check was faster than signaling.
export async function expectPair(offerer, answerer, config, allowed, note, options) {
  const made = await connect(offerer, answerer, config, options);
  const { kinds: [left, right] } = await selected(made.link);
  note(`${left} and ${right} in ${made.seconds.toFixed(2)} s`);
  const fits = (got, wanted) => {
    const [local, remote] = got.split('/');
    const [wantedLocal, wantedRemote] = wanted.split('/');
    return local === wantedLocal && (remote === wantedRemote || (remote === 'prflx' && wantedRemote === 'srflx'));
  };
  assert.ok(allowed.some(([a, b]) => fits(left, a) && fits(right, b)),
    `selected ${left} and ${right} instead of ${allowed.map((pair) => pair.join(' and ')).join(', or ')}`);
  return made;
}
