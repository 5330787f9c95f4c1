// run.mjs --tested NAME --against NAME --report FOLDER [--role offerer|answerer]... [--scenario NAME]... [paths]
// Starts the two peers, runs the scenarios, and writes for each one FOLDER/ROLE.SCENARIO.json and .log. Start it with run.sh.
// Paths: --node --modules --pion --parley --emulator --python. Exit code 0: everything was run and recorded; with --strict: and passed.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildNetwork } from './lib/network.mjs';
import { Peer } from './lib/peer.mjs';
import { again, record } from './lib/record.mjs';
import { stacks } from './lib/stacks.mjs';
import { Transcript } from './lib/transcript.mjs';
import { startTurn } from './lib/turn.mjs';
import { scenarios } from './scenarios/all.mjs';

const text = { type: 'string' };
const list = { type: 'string', multiple: true };
const { values: options } = parseArgs({ options: {
  tested: text, against: text, report: text, role: list, scenario: list, strict: { type: 'boolean' },
  node: { ...text, default: process.execPath }, python: { ...text, default: '/usr/bin/python3' }, modules: text, pion: text, parley: text,
  emulator: { ...text, default: 'link_emulator' },
  minutes: { ...text, default: '15' },
} });

for (const name of ['modules', 'pion', 'parley']) options[name] = path.resolve(options[name] ?? name);
const known = stacks(options);
const peers = {};
let transcript = new Transcript();
let server;

// Peers write into the transcript of the scenario that is running.
const current = { note: (line) => transcript.note(line), message: (arrow, message) => transcript.message(arrow, message) };

async function ensurePeers() {
  for (const [name, machine] of [[options.tested, 'left'], [options.against, 'right']])
    if (!peers[machine]?.alive) peers[machine] = new Peer(known[name], machine, current);
  await Promise.all(Object.values(peers).map((peer) => peer.ready()));
}

const stopPeers = () => Promise.all(Object.values(peers).map((peer) => peer.stop()));

/// Some scenarios want a browser with something that it does not do by itself.
async function useBrowser({ fieldTrials = '', blinkFeatures = '', hears = false }) {
  const microphone = hears && [options.tested, options.against].some((name) => known[name].humsByMicrophone);
  const wanted = { PARLEY_FIELD_TRIALS: fieldTrials, PARLEY_BLINK_FEATURES: blinkFeatures, PARLEY_FAKE_CAMERA: microphone ? 'yes' : '' };
  if (Object.entries(wanted).every(([name, value]) => value === (process.env[name] ?? ''))) return;
  await stopPeers();
  Object.assign(process.env, wanted);
}

async function runOne(role, scenario) {
  await useBrowser(scenarios[scenario]);
  transcript = new Transcript();
  const failed = async () => {
    await stopPeers(); // a failed scenario leaves nothing to the next one
    if (scenario.startsWith('relay') && server) transcript.note(`TURN server:\n${server.log()}`);
  };
  const title = `${options.tested} as ${role} with ${options.against}: ${scenario}`;
  return record({ folder: options.report, name: `${role}.${scenario}`, title, transcript, afterFailure: failed }, async (note) => {
    await ensurePeers();
    const [offerer, answerer] = role === 'offerer' ? [peers.left, peers.right] : [peers.right, peers.left];
    await scenarios[scenario]({ offerer, answerer, note, emulator: path.resolve(options.emulator), turn: async () => (server ??= await startTurn()) });
    if (!peers.left.alive || !peers.right.alive) throw new Error('a peer ended during the scenario');
  });
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => process.exit(1));
setTimeout(() => { console.error('interop: out of time'); process.exit(1); }, Number(options.minutes) * 60_000).unref();

fs.rmSync(options.report, { recursive: true, force: true });
fs.mkdirSync(options.report, { recursive: true });
buildNetwork();
let passed = true;
for (const role of options.role ?? ['offerer', 'answerer'])
  for (const scenario of options.scenario ?? Object.keys(scenarios))
    passed = (await again({ folder: options.report, name: `${role}.${scenario}` }, () => runOne(role, scenario))) && passed;
await stopPeers();
await server?.stop();
process.exit(options.strict && !passed ? 1 : 0);
