// coturn on the hub.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { hubAddress, hubAddress6 } from './network.mjs';

const port = 13478; // the namespace is ours, so any port is free; not the default one, in case a peer guesses
const username = 'alice';
const credential = 'secret';

const answers = () => new Promise((done) => {
  const socket = net.connect(port, hubAddress);
  socket.on('connect', () => done(socket.destroy()));
  socket.on('error', () => setTimeout(() => done(answers()), 50));
});

/// Listens on the hub's IPv4 address, with `ipv6` also on the other; then an allocation is of the family it was asked over.
export async function startTurn({ ipv6 = false } = {}) {
  const addresses = ipv6 ? [hubAddress, hubAddress6] : [hubAddress];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-turn-'));
  const log = [];
  const child = spawn('turnserver', ['-n', '--no-cli', ...addresses.flatMap((a) => ['-L', a, '-E', a]), '-A', 'keep', '-p', port, '--no-tls', '--no-dtls',
    '--lt-cred-mech', '--realm', 'interop.test', '--user', `${username}:${credential}`, '--min-port', 50000, '--max-port', 50999,
    '--log-file', 'stdout', '--simple-log', '--verbose', '--pidfile', path.join(folder, 'pid'), '--userdb', path.join(folder, 'users')],
  { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.push(data.toString()));
  const exited = new Promise((done) => child.on('exit', done));
  const failed = exited.then((code) => { throw new Error(`turnserver ended (${code}): ${log.join('')}`); });
  failed.catch(() => {});
  await Promise.race([answers(), failed]);
  const host = (family) => (family === 6 ? `[${hubAddress6}]` : hubAddress);
  return {
    servers: (transport, family = 4) => [{ urls: [`turn:${host(family)}:${port}?transport=${transport}`], username, credential }],
    stun: (family = 4) => [{ urls: [`stun:${host(family)}:${port}`] }],
    log: () => log.join(''),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
