// Connect, and open every kind of channel from both sides; what the opener asked for is what the other side sees, and all
// kinds of messages arrive.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';

const kinds = [
  { label: 'ordered', options: {} },
  { label: 'unordered', options: { ordered: false } },
  { label: 'no retransmission', options: { maxRetransmits: 0 } },
  { label: 'three retransmissions, unordered', options: { ordered: false, maxRetransmits: 3 } },
  { label: 'half a second', options: { maxPacketLifeTime: 500 } },
  { label: 'half a second, unordered', options: { ordered: false, maxPacketLifeTime: 500 } },
  { label: 'protocol', options: { protocol: 'parley.v1' } },
  { label: 'Grüße, 世界 🌍', options: { protocol: 'parley-söp.v1' }, beyondAscii: true },
];

export const smallMessages = [
  { text: 'hello' }, { text: 'Grüße, 世界 🌍' }, { base64: Buffer.from([0, 1, 2, 253, 254, 255]).toString('base64') },
  { text: '' }, { base64: '' }, { text: 'after the empty ones' },
];

const defaults = { protocol: '', ordered: true, maxRetransmits: null, maxPacketLifeTime: null, negotiated: false };

function opens({ stack }, { options, beyondAscii }) {
  const partial = options.maxRetransmits !== undefined || options.maxPacketLifeTime !== undefined;
  return !(beyondAscii && stack.asciiOnly) && !(partial && options.ordered === false && stack.partialIsOrdered);
}

async function openAndUse(link, opener, { label, options }) {
  const channel = await (await link.open(opener, `${label} from ${opener.stack.name}`, options)).opened();
  const asked = { ...defaults, ...options, label: `${label} from ${opener.stack.name}`, readyState: 'open' };
  for (const peer of [opener, link.opposite(opener)]) {
    const { protocol, readyState } = asked;
    const wanted = peer.stack.hidesReliability && peer !== opener ? { protocol, label: asked.label, readyState } : asked;
    const { id, ...seen } = await peer.command('attributes', { channel: channel.nameAt(peer) });
    assert.deepEqual(seen, wanted, `attributes at ${peer.name}`);
    assert.equal(id, channel.announced.id, `id at ${peer.name}`);
  }
  await channel.deliver(opener, smallMessages);
  await channel.deliver(link.opposite(opener), smallMessages);
  return channel;
}

export async function channels({ offerer, answerer }) {
  const link = new Link(offerer, answerer);
  const first = await link.establish();
  await first.deliver(offerer, smallMessages);
  await first.deliver(answerer, smallMessages);
  const open = [first];
  for (const kind of kinds)
    for (const opener of [offerer, answerer].filter((peer) => opens(peer, kind))) open.push(await openAndUse(link, opener, kind));
  const negotiated = await link.openNegotiated('by agreement', { id: 100, ordered: false });
  for (const peer of [offerer, answerer]) {
    const seen = await peer.command('attributes', { channel: negotiated.nameAt(peer) });
    assert.deepEqual({ id: seen.id, negotiated: seen.negotiated, ordered: seen.ordered }, { id: 100, negotiated: true, ordered: false });
    await negotiated.deliver(peer, smallMessages);
  }
  const ids = open.map((channel) => channel.announced.id);
  assert.equal(new Set(ids).size, ids.length, `ids are distinct: ${ids}`);
  const parity = (opener) => new Set(open.filter((c) => c.opener === opener).map((c) => c.announced.id % 2));
  assert.equal(parity(offerer).size, 1, 'one side opens only even or only odd ids (RFC 8832 section 6)');
  assert.notDeepEqual(parity(offerer), parity(answerer));
  for (const peer of [offerer, answerer]) {
    if (!peer.stack.hidesAddresses) continue;
    for (const candidate of link.candidatesFrom(peer)) assert.match(candidate, / [0-9a-f-]+\.local /, 'mDNS is on');
    // Whoever does not ask for such names has learned the address from the peer's own checks.
    const { selectedPair } = await link.state(link.opposite(peer));
    if (link.opposite(peer).stack.knowsPeersByTheirChecks) assert.equal(selectedPair.remote.type, 'prflx');
  }
  await link.end();
}
