// A router forgets its mappings in the middle of a connection.
import assert from 'node:assert/strict';
import { connect, selected, talk } from './pair.mjs';

const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
const stateOf = (peer) => peer.events.findLast((e) => e.event === 'state' && e.name === 'connectionState').value;

/// The router restarts and makes the same mappings again, as soon as something is sent out: the connection goes on.
async function sameAddress({ peer, turn, note, sites }) {
  const server = await turn();
  const { link, channel } = await connect(await peer('left-port-restricted'), await peer('right-port-restricted'), { iceServers: server.stun() });
  const before = await selected(link);
  sites['left-port-restricted'].restart();
  const start = performance.now();
  await talk(link, channel, 10);
  note(`messages both ways after ${seconds(start)} s`);
  assert.deepEqual((await selected(link)).kinds, before.kinds);
  for (const side of [link.offerer, link.answerer]) assert.equal(stateOf(side), 'connected');
  await link.end();
}

/// The router of one side comes back with another address, so that its peer, who is reachable, hears from a stranger: at the next
/// consent check of the side that moved (4 to 6 s). ICE's controlling side is the offerer.
const newAddress = (moved) => async ({ peer, turn, note, sites }) => {
  const server = await turn();
  const staying = await peer('right-public');
  const moving = await peer('moving');
  const [offerer, answerer] = moved === 'offerer' ? [moving, staying] : [staying, moving];
  const { link, channel } = await connect(offerer, answerer, { iceServers: server.stun() });
  sites.moving.restart({ newAddress: true });
  const start = performance.now();
  await talk(link, channel, 30);
  note(`messages both ways after ${seconds(start)} s`);
  assert.equal((await link.state(staying)).selectedPair.remote.address, sites.moving.wanAddress);
  for (const side of [link.offerer, link.answerer]) assert.equal(stateOf(side), 'connected');
  await link.end();
};

export const restartCases = {
  'restart.same-address': sameAddress,
  'restart.offerer-moves': newAddress('offerer'),
  'restart.answerer-moves': newAddress('answerer'),
};
