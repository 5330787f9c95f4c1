// A link with losses between the two peers (tests/support/link_emulator_main.cpp), on the hub, and nothing else: the candidates that
// each side is told are the link's. It learns where the sides are from their first packets.
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { hubAddress } from './network.mjs';

export class LossyPath {
  /// `rules`: the program's options, e.g. {loss: 5, reorder: 5}.
  static async start(program, rules) {
    const path = new LossyPath();
    const words = Object.entries({ listen: `${hubAddress}:0`, back: `${hubAddress}:0`, ...rules }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    path.process = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    path.lines = readline.createInterface({ input: path.process.stdout })[Symbol.asyncIterator]();
    path.faces = await path.#read();
    return path;
  }

  async #read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the link has ended');
    return JSON.parse(value);
  }

  async counters() {
    this.process.stdin.write('counters\n');
    return this.#read();
  }

  end() {
    this.process.stdin.end();
  }

  /// What the side called `side`, a or b, is told instead of `message` of the other one; null: nothing.
  rewritten(message, side) {
    if (message['new-ice-candidate']) return null;
    const [[type, { sdp }]] = Object.entries(message);
    const [address, port] = this.faces[side].split(':');
    const without = sdp.replace(/^a=(candidate|end-of-candidates).*\r?\n/gm, '');
    const [session, ...sections] = without.split(/^(?=m=)/m);
    const candidate = `a=candidate:1 1 udp 2130706431 ${address} ${port} typ host\r\n`;
    // The first section is the one whose transport the others share.
    return { [type]: { type, sdp: session + sections.map((section, i) => section + (i === 0 ? candidate : '')).join('') } };
  }
}
