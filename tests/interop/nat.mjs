// nat.mjs --report FOLDER --parley PROGRAM [--case NAME]... [--strict]: two parley peers behind routers of all kinds (nat/), in one
// network of namespaces. Writes FOLDER/CASE.json and .log for each case. Start it with apart.sh. Exit code 0: everything was run
// and recorded; with --strict: and passed.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { buildHub } from './lib/network.mjs';
import { Peer } from './lib/peer.mjs';
import { again, record } from './lib/record.mjs';
import { stacks } from './lib/stacks.mjs';
import { Transcript } from './lib/transcript.mjs';
import { startTurn } from './lib/turn.mjs';
import { cases } from './nat/cases.mjs';
import { buildSites, sites } from './nat/sites.mjs';

const text = { type: 'string' };
const { values: options } = parseArgs({ options: {
  report: text, parley: text, case: { ...text, multiple: true }, strict: { type: 'boolean' }, minutes: { ...text, default: '8' },
} });

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => process.exit(1));
setTimeout(() => { console.error('interop: out of time'); process.exit(1); }, Number(options.minutes) * 60_000).unref();

fs.rmSync(options.report, { recursive: true, force: true });
fs.mkdirSync(options.report, { recursive: true });
buildHub();
buildSites();
const server = await startTurn({ ipv6: true });
const { parley } = stacks({ parley: options.parley });

// A case's peers live as long as the case: none inherits anything.
async function attempt(name) {
  const transcript = new Transcript();
  const peers = new Map();
  const peer = async (host) => {
    if (!peers.has(host)) peers.set(host, new Peer(parley, host, transcript));
    await peers.get(host).ready();
    return peers.get(host);
  };
  const passed = await record({ folder: options.report, name, title: name, transcript }, (note) =>
    cases[name]({ peer, note, sites, turn: async () => server }));
  await Promise.all([...peers.values()].map((each) => each.stop()));
  return passed;
}

let passed = true;
for (const name of options.case ?? Object.keys(cases)) passed = (await again({ folder: options.report, name }, () => attempt(name))) && passed;
await server.stop();
process.exit(options.strict && !passed ? 1 : 0);
