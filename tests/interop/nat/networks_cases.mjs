// Other networks: one local network for both, and IPv6 alone.
import { expectPair } from './pair.mjs';

const hosts = [['host/host', 'host/host']];

/// Both behind the same router, which does not lead back (no hairpinning): they talk in their own network.
async function sameNetwork({ peer, turn, note }) {
  const server = await turn();
  const { link } = await expectPair(await peer('home'), await peer('home-2'), { iceServers: [...server.stun(), ...server.servers('udp')] }, hosts, note);
  await link.end();
}

const ipv6 = (left, right, policy, allowed) => async ({ peer, turn, note }) => {
  const server = await turn();
  const config = { iceServers: [...server.stun(6), ...server.servers('udp', 6)], iceTransportPolicy: policy };
  const { link } = await expectPair(await peer(left), await peer(right), config, allowed, note);
  await link.end();
};

export const networkCases = {
  'same-network': sameNetwork,
  'ipv6.public': ipv6('left-public6', 'right-public6', 'all', hosts),
  'ipv6.firewalls': ipv6('left-firewall6', 'right-firewall6', 'all', hosts),
  'ipv6.relay': ipv6('left-firewall6', 'right-firewall6', 'relay', [['relay/relay', 'relay/relay']]),
};
