// record.mjs --out FOLDER --modules FOLDER --fetched FOLDER --parley PROGRAM --pion PROGRAM [--peer NAME]... [--case NAME]...
// Lets peers talk to parley and to Chromium and writes what they say. Start it with record.sh; tests/data/sdp/README.md tells of what it
// writes. What stopped a case is told, for a person to judge.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildComputer } from '../lib/network.mjs';
import { Peer } from '../lib/peer.mjs';
import { cases, foreignCases } from './cases.mjs';
import { peers } from './peers.mjs';
import { record } from './stories.mjs';

const text = { type: 'string' };
const list = { type: 'string', multiple: true };
const { values: options } = parseArgs({ options: {
  out: text, modules: text, fetched: text, parley: text, pion: text, peer: list, case: list, node: { ...text, default: process.execPath },
  python: { ...text, default: '/usr/bin/python3' }, verbose: { type: 'boolean' },
} });

const transcript = { note: (line) => console.error(line), message: () => {} };

function start(name) {
  const row = peers[name];
  const folder = path.resolve(options.fetched, name);
  const environment = { PARLEY_INTEROP_MODULES: path.resolve(options.modules) };
  if (row.executable) Object.assign(environment, { PARLEY_CHROMIUM: path.join(folder, row.executable), LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib') });
  return new Peer({ name, command: row.command({ ...options, folder }), environment }, undefined, transcript);
}

const versionOf = async (peer) => (await peer.event('ready', {}, 60)).version;

async function recordPeer(name) {
  console.log(name);
  const cast = { peer: start(name), parley: start('parley'), chromium: start('chromium') };
  const versions = {};
  for (const role of Object.keys(cast)) versions[role] = await versionOf(cast[role]);
  const folder = path.join(options.out, versions.peer);
  fs.mkdirSync(folder, { recursive: true });
  const play = async (first, second, prefix, one) => {
    const stopped = await record({ first: cast[first], second: cast[second] }, { first: versions[first], second: versions[second] }, { folder, prefix, name: one });
    console.log(`  ${prefix}.${one}: ${stopped ?? 'whole'}`);
    for (const role of Object.keys(cast))
      if (!cast[role].alive) await versionOf(cast[role] = start(role === 'peer' ? name : role));
  };
  for (const one of Object.keys(cases).filter((each) => options.case?.includes(each) ?? true)) {
    await play('peer', 'parley', 'offers', one);
    await play('parley', 'peer', 'answers', one);
    if (name !== 'chromium' && !peers[name].notWithChromium && foreignCases.includes(one)) await play('chromium', 'peer', 'answers-chromium', one);
  }
  await Promise.all(Object.values(cast).map((peer) => peer.stop()));
}

buildComputer();
for (const name of options.peer ?? Object.keys(peers)) {
  if (name === 'parley') continue;
  try {
    await recordPeer(name);
  } catch (e) {
    console.log(`  ${name} cannot be recorded: ${e.message}`);
  }
}
process.exit(0);
