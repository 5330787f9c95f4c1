// What the servers and the networks allow: a TURN server that is down, networks without UDP, relay only.
import assert from 'node:assert/strict';
import { hubAddress } from '../lib/network.mjs';
import { connect, expectPair, selected } from './pair.mjs';
import { darkPort } from './sites.mjs';

const everything = (server) => [...server.stun(), ...server.servers('udp'), ...server.servers('tcp')];

/// Routers that can do without it: nobody waits for the TURN server, which is said to be unreachable. `port`: nobody listens (the
/// kernel says so), or nothing answers.
const turnDown = (port) => async ({ peer, turn, note }) => {
  const server = await turn();
  const down = ['udp', 'tcp'].map((transport) => ({ ...server.servers(transport)[0], urls: [`turn:${hubAddress}:${port}?transport=${transport}`] }));
  const { link, seconds } = await expectPair(await peer('left-port-restricted'), await peer('right-port-restricted'),
    { iceServers: [...down, ...server.stun()] }, [['srflx/srflx', 'srflx/srflx']], note);
  assert.ok(seconds < 1.5, `connected after ${seconds} s: somebody waited for the server, or for checks that fail after 2 s`);
  for (const side of [link.offerer, link.answerer]) {
    for (const { urls: [url] } of down) {
      const { code } = await side.event('icecandidateerror', { url });
      assert.equal(code, 701);
    }
    await side.event('state', { name: 'iceGatheringState', value: 'complete' });
  }
  await link.end();
};

/// Without UDP on a side, that side uses its relay over TCP, and the other reaches the relay as well as it can.
const noUdp = (left, right, allowed) => async ({ peer, turn, note }) => {
  const server = await turn();
  const { link } = await expectPair(await peer(`left-${left}`), await peer(`right-${right}`), { iceServers: everything(server) }, allowed, note);
  await link.end();
};

/// iceTransportPolicy relay: nothing tells the other side where the host is, neither its own address nor its router's.
const relayOnly = (trickle) => async ({ peer, turn, note, sites }) => {
  const server = await turn();
  const config = { iceServers: everything(server), iceTransportPolicy: 'relay' };
  const { link } = await expectPair(await peer('left-port-restricted'), await peer('right-symmetric'), config,
    [['relay/relay', 'relay/relay']], note, { trickle });
  for (const [side, site] of [[link.offerer, sites['left-port-restricted']], [link.answerer, sites['right-symmetric']]]) {
    await side.event('state', { name: 'iceGatheringState', value: 'complete' });
    const said = JSON.stringify(link.signals.filter((s) => s.from === side).map((s) => s.message));
    assert.match(said, / typ relay /);
    assert.doesNotMatch(said, / typ (host|srflx|prflx) /);
    for (const address of [...site.addresses, site.wanAddress]) assert.ok(!said.includes(address), `${side.name} tells ${address}`);
  }
  await link.end();
};

export const serverCases = {
  'turn-down.refused': turnDown(darkPort + 1),
  'turn-down.silent': turnDown(darkPort),
  'no-udp.public': noUdp('no-udp', 'public', [['relay(tcp)/host', 'host/relay']]),
  'symmetric.no-udp': noUdp('symmetric', 'no-udp', [['prflx/relay', 'relay(tcp)/prflx']]),
  'no-udp.no-udp': noUdp('no-udp', 'no-udp', [['relay(tcp)/relay', 'relay(tcp)/relay']]),
  'relay-only.trickle': relayOnly(true),
  'relay-only.half-trickle': relayOnly(false),
};
