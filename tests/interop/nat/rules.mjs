// What a router does, as nftables rules. Its interfaces are called lan and wan.
//
// Linux keeps the port when it masquerades and the port is free, so the mapping does not depend on the endpoint as long as
// nothing else wants the port. For that a router must drop what comes in uninvited: an answered or accepted packet of the other
// peer's would take the port, and the next mapping would be another (connection tracking reserves what it has seen).

const nat = ({ outward, inward = '' }) => `
table ip nat {
  chain inward {
    type nat hook prerouting priority dstnat
    ${inward}
  }
  chain outward {
    type nat hook postrouting priority srcnat
    oifname "wan" ${outward}
  }
}`;

const filter = ({ first = '' } = {}) => `
table inet filter {
  chain self {
    type filter hook input priority filter; policy drop
    meta l4proto ipv6-icmp accept
  }
  chain through {
    type filter hook forward priority filter; policy drop
    ${first}
    iifname "lan" oifname "wan" accept
    ct state established,related accept
    ct status dnat accept
  }
}`;

/// By name: what stands between a host and the hub.
export const routers = {
  /// Endpoint-independent mapping and filtering: who knows the mapping gets in.
  'full-cone': (host) => nat({ outward: 'masquerade', inward: `iifname "wan" meta l4proto udp dnat to ${host}` }) + filter(),
  /// Endpoint-independent mapping; only the address and port that were sent to get in.
  'port-restricted': () => nat({ outward: 'masquerade' }) + filter(),
  /// Another port for every destination, and only that one gets in.
  symmetric: () => nat({ outward: 'masquerade fully-random' }) + filter(),
  /// Nothing but TCP leaves, and nobody is told.
  'no-udp': () => nat({ outward: 'masquerade' }) + filter({ first: 'meta l4proto udp drop' }),
  /// No translation: a firewall that lets in only what was invited, the usual one for IPv6.
  firewall: () => filter(),
};
