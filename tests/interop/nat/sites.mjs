// Sites: hosts, and what is between them and the hub of ../lib/network.mjs.
//
//   host eth0 192.168.N.2 ── lan 192.168.N.1 router wan 10.77.0.N ── hub 10.77.0.1 (STUN and TURN server)
//   host eth0 10.77.0.N ("public") ─────────────────────────────────┘
import { execFileSync } from 'node:child_process';
import { ip, on } from '../lib/network.mjs';
import { routers } from './rules.mjs';

/// On this port of the hub nothing is answered, not even by the kernel.
export const darkPort = 13480;

let count = 10;

/// A namespace with an interface `name` that leads to the interface `to` of the namespace `peer`, or to the hub.
function connect(namespace, name, plug, peer) {
  ip(`link add ${plug} type veth peer name ${name} netns ${namespace}`);
  if (peer) ip(`link set ${plug} netns ${peer}`);
  else ip(`link set ${plug} master hub up`);
  ip(`-n ${namespace} link set ${name} up`);
}

function addNamespace(name) {
  ip(`netns add ${name}`);
  ip(`-n ${name} link set lo up`);
}

/// The namespace forwards packets, and what goes over a bridge is not looked at by nftables, even where br_netfilter is loaded.
function forward(namespace) {
  const [program, ...args] = on(namespace, ['sh', '-c', `
    echo 1 > /proc/sys/net/ipv4/ip_forward
    echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
    for setting in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $setting ] || echo 0 > $setting; done`]);
  execFileSync(program, args);
}

const load = (namespace, rules) => {
  const [program, ...args] = on(namespace, ['nft', '-f', '-']);
  execFileSync(program, args, { input: `flush ruleset\n${rules}`, stdio: ['pipe', 'inherit', 'inherit'] });
};

/// A host by itself on the hub.
class Public {
  constructor(name, { ipv6 = false } = {}) {
    const number = ++count;
    Object.assign(this, { name, hosts: [name], wanAddress: ipv6 ? `fd77::${number}` : `10.77.0.${number}` });
    this.addresses = [this.wanAddress];
    addNamespace(name);
    connect(name, 'eth0', `hub-${number}`);
    ip(`-n ${name} address add ${this.wanAddress}/${ipv6 ? '64 nodad' : 24} dev eth0`);
    ip(`-n ${name} ${ipv6 ? '-6 route add default via fd77::1' : 'route add default via 10.77.0.1'}`);
  }
}

/// Hosts behind a router. Host `name` is the first, `name`-2 the second.
class Routed {
  constructor(name, kind, { hosts = 1, ipv6 = false } = {}) {
    const number = ++count;
    Object.assign(this, { name, kind, number, ipv6, router: `${name}-router`, hosts: [], addresses: [] });
    addNamespace(this.router);
    forward(this.router);
    connect(this.router, 'wan', `hub-${number}`);
    this.network = ipv6 ? `fd01:${number}::` : `192.168.${number}.`;
    this.width = ipv6 ? 64 : 24;
    ip(`-n ${this.router} link add lan type bridge`);
    ip(`-n ${this.router} link set lan up`);
    ip(`-n ${this.router} address add ${this.network}1/${this.width} dev lan${ipv6 ? ' nodad' : ''}`);
    this.#dial(number);
    load(this.router, routers[kind](`${this.network}2`));
    for (let i = 1; i <= hosts; ++i) this.#addHost(i === 1 ? name : `${name}-${i}`, i + 1);
    // Without translation the way back must be known.
    if (ipv6) ip(`-6 route add ${this.network}/64 via ${this.wanAddress}`);
  }

  #addHost(name, number) {
    const address = `${this.network}${number}`;
    addNamespace(name);
    connect(name, 'eth0', `port-${number}`, this.router);
    ip(`-n ${this.router} link set port-${number} master lan up`);
    ip(`-n ${name} address add ${address}/${this.width} dev eth0${this.ipv6 ? ' nodad' : ''}`);
    ip(`-n ${name} ${this.ipv6 ? '-6 ' : ''}route add default via ${this.network}1`);
    this.hosts.push(name);
    this.addresses.push(address);
  }

  #dial(number) {
    this.wanAddress = this.ipv6 ? `fd77::${number}` : `10.77.0.${number}`;
    ip(`-n ${this.router} link set wan up`);
    ip(`-n ${this.router} address add ${this.wanAddress}/${this.width} dev wan${this.ipv6 ? ' nodad' : ''}`);
    ip(`-n ${this.router} ${this.ipv6 ? '-6 route add default via fd77::1' : 'route add default via 10.77.0.1'}`);
  }

  /// The router forgets every mapping, as when it restarts; with `newAddress` the provider gives it another address.
  restart({ newAddress = false } = {}) {
    ip(`-n ${this.router} link set wan down`); // connection tracking drops what was masqueraded there
    ip(`-n ${this.router} address flush dev wan`);
    this.#dial(newAddress ? ++count : this.number);
  }
}

/// `kind` is "public" or one of rules.mjs.
export const addSite = (name, kind, options) => (kind === 'public' ? new Public(name, options) : new Routed(name, kind, options));

/// By name, once they are built.
export const sites = {};

/// The hub is the Internet: what goes to a private address is sent, and gone. (coturn ends an allocation that cannot send.)
function addInternet() {
  forward();
  ip('link add internet type veth peer name nowhere');
  ip('link set nowhere up');
  ip('link set internet arp off up');
  ip('route add default dev internet');
  ip('-6 route add default dev internet');
}

/// Two of every kind for the matrix, and those of single cases.
export function buildSites() {
  addInternet();
  const add = (name, kind, options) => { sites[name] = addSite(name, kind, options); };
  for (const kind of ['public', 'full-cone', 'port-restricted', 'symmetric', 'no-udp'])
    for (const side of ['left', 'right']) add(`${side}-${kind}`, kind);
  for (const side of ['left', 'right']) {
    add(`${side}-public6`, 'public', { ipv6: true });
    add(`${side}-firewall6`, 'firewall', { ipv6: true });
  }
  add('home', 'port-restricted', { hosts: 2 });
  add('moving', 'port-restricted');
  load(undefined, `
table inet dark {
  chain in {
    type filter hook input priority filter
    meta l4proto { tcp, udp } th dport ${darkPort} drop
  }
}`);
}
