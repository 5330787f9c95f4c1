// The routers of rules.mjs are what they are called, by two questions of RFC 4787: does the mapping depend on who is spoken to, and
// who gets in through it?
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import readline from 'node:readline';
import { hubAddress, on } from '../lib/network.mjs';

async function open() {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (_, from) => socket.send(`${from.address} ${from.port}`, from.port, from.address));
  socket.bind(0, hubAddress);
  await once(socket, 'listening');
  return socket;
}

/// {dependsOnEndpoint, open}: the mapping differs; a stranger gets in.
async function examine(host) {
  const [first, second, stranger] = [await open(), await open(), await open()];
  const [program, ...args] = on(host, [process.execPath, `${import.meta.dirname}/ask.mjs`, hubAddress, `${first.address().port}`,
    `${second.address().port}`]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (await lines.next()).value;
    const [one, two] = [await next(), await next()];
    const [address, port] = one.split(' ');
    const send = (socket, what) => socket.send(what, Number(port), address);
    // What was asked gets in always: when its datagram is there, the stranger's, sent before, has had its chance.
    send(stranger, 'stranger');
    send(first, 'known');
    return { dependsOnEndpoint: one !== two, open: (await next()) === 'stranger' };
  } finally {
    child.kill('SIGKILL');
    for (const socket of [first, second, stranger]) socket.close();
  }
}

export async function routers({ note }) {
  const expected = {
    public: { dependsOnEndpoint: false, open: true },
    'full-cone': { dependsOnEndpoint: false, open: true },
    'port-restricted': { dependsOnEndpoint: false, open: false },
    symmetric: { dependsOnEndpoint: true, open: false },
  };
  for (const [kind, wanted] of Object.entries(expected)) {
    const found = await examine(`left-${kind}`);
    note(`${kind}: ${JSON.stringify(found)}`);
    assert.deepEqual(found, wanted, kind);
  }
}
