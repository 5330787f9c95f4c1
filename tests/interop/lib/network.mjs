// The little network of the tests, inside the namespaces that run.sh made: this process sits on the hub (10.77.0.1), one
// machine hangs on each side of it.
//
//   left 10.77.0.2, fd77::2 ──┐
//                             hub 10.77.0.1, fd77::1 (the TURN server)
//   right 10.77.0.3, fd77::3 ─┘
import { execFileSync } from 'node:child_process';

export const hubAddress = '10.77.0.1';
export const hubAddress6 = 'fd77::1';

/// Runs `ip` with the words of `line`.
export const ip = (line) => execFileSync('ip', line.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });

/// The addresses of the machine called `name`, as a regular expression's text.
export const addressesOf = (name) => (name === 'left' ? '(10\\.77\\.0\\.2|fd77::2)\\b' : '(10\\.77\\.0\\.3|fd77::3)\\b');

function addMachine(name, number) {
  ip(`netns add ${name}`);
  ip(`link add to-${name} type veth peer name eth0 netns ${name}`);
  ip(`link set to-${name} master hub up`);
  for (const line of ['link set lo up', `address add 10.77.0.${number}/24 dev eth0`, `address add fd77::${number}/64 dev eth0 nodad`,
    'link set eth0 up', 'route add default via 10.77.0.1', '-6 route add default via fd77::1'])
    ip(`-n ${name} ${line}`);
}

/// The bridge in the middle, alone.
export function buildHub() {
  // A private /run: namespace names cannot clash with another run's, and no system service is in reach.
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  ip('link set lo up');
  ip('link add hub type bridge mcast_snooping 0'); // mDNS is multicast
  ip(`address add ${hubAddress}/24 dev hub`);
  ip(`address add ${hubAddress6}/64 dev hub nodad`);
  ip('link set hub up');
}

export function buildNetwork() {
  buildHub();
  addMachine('left', 2);
  addMachine('right', 3);
}

/// From now on so many of a hundred UDP packets that come to machine `name` are lost.
export function loseArrivals(name, percent) {
  const rules = percent === 0 ? '' : `table inet loss {
    chain arrivals {
      type filter hook input priority filter
      meta l4proto udp numgen random mod 100 < ${percent} drop
    }
  }`;
  execFileSync('ip', ['netns', 'exec', name, 'nft', '-f', '-'], { input: `flush ruleset\n${rules}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
}

/// Instead of all that, one computer, in the namespace of this process: with one network card that leads nowhere, or offline,
/// with only its loopback interface.
export function buildComputer({ offline = false } = {}) {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  ip('link set lo up');
  if (offline) return;
  for (const line of ['link add eth0 type veth peer name cable', 'address add 10.77.0.2/24 dev eth0',
    'address add fd77::2/64 dev eth0 nodad', 'link set cable up', 'link set eth0 up', 'route add default via 10.77.0.1',
    '-6 route add default via fd77::1'])
    ip(line);
}

/// The argument vector that runs `command` on machine `name` (or here, for undefined).
export const on = (name, command) => (name ? ['ip', 'netns', 'exec', name, ...command] : command);
