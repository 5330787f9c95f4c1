// coturn on the hub.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { hubAddress } from './network.mjs';

const port = 13478; // the namespace is ours, so any port is free; not the default one, in case a peer guesses
const username = 'alice';
const credential = 'secret';

const answers = () => new Promise((done) => {
  const socket = net.connect(port, hubAddress);
  socket.on('connect', () => done(socket.destroy()));
  socket.on('error', () => setTimeout(() => done(answers()), 50));
});

export async function startTurn() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-turn-'));
  const log = [];
  const child = spawn('turnserver', ['-n', '--no-cli', '-L', hubAddress, '-E', hubAddress, '-p', port, '--no-tls', '--no-dtls',
    '--lt-cred-mech', '--realm', 'interop.test', '--user', `${username}:${credential}`, '--min-port', 50000, '--max-port', 50999,
    '--log-file', 'stdout', '--simple-log', '--verbose', '--pidfile', path.join(folder, 'pid'), '--userdb', path.join(folder, 'users')],
  { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.push(data.toString()));
  const exited = new Promise((done) => child.on('exit', done));
  const failed = exited.then((code) => { throw new Error(`turnserver ended (${code}): ${log.join('')}`); });
  failed.catch(() => {});
  await Promise.race([answers(), failed]);
  return {
    servers: (transport) => [{ urls: [`turn:${hubAddress}:${port}?transport=${transport}`], username, credential }],
    log: () => log.join(''),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
