// Relay-only through a TURN server: no other candidate is shown, the selected pair is relayed, data flows.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { addressesOf } from '../lib/network.mjs';
import { smallMessages } from './channels.mjs';

export const relay = (transport) => async ({ offerer, answerer, turn, note }) => {
  if (transport === 'tcp' && [offerer, answerer].some((peer) => peer.stack.noTurnOverTcp)) return note('one of them has no TURN over TCP');
  if (offerer.stack.failsEarly) return note('the offerer fails before it has candidates of its own');
  const server = await turn();
  const link = new Link(offerer, answerer, { config: { iceServers: server.servers(transport), iceTransportPolicy: 'relay' } });
  const channel = await link.establish();
  for (const peer of [offerer, answerer]) {
    await channel.deliver(peer, smallMessages);
    await channel.deliver(peer, [1, 2, 3, 4].map((seed) => ({ fill: { kind: 'binary', size: 65535, seed } })));
    const candidates = link.candidatesFrom(peer);
    assert.ok(candidates.length > 0, `${peer.name} shows a candidate`);
    for (const candidate of candidates) {
      assert.match(candidate, / typ relay\b/, `${peer.name} shows only relay candidates`);
      if (peer.stack.cleanRelay) assert.doesNotMatch(candidate, new RegExp(addressesOf(peer.machine)), `${peer.name} hides its own address`);
    }
    const { selectedPair } = await link.state(peer);
    note(`${peer.name} uses ${JSON.stringify(selectedPair)}`);
    if (selectedPair) assert.equal(selectedPair.local.type, 'relay');
  }
  await link.end();
};
