// show.mjs FOLDER ROLE.SCENARIO: prints what run.mjs recorded, with the transcript if it failed. Exit code 0: passed,
// 1: failed or was not run, 77: this machine does not allow the namespaces that run.sh needs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const [folder, name] = process.argv.slice(2);
const base = path.join(folder, name);

if (!fs.existsSync(`${base}.json`)) {
  const probe = spawnSync(path.join(import.meta.dirname, 'run.sh'), ['--probe'], { stdio: 'inherit' });
  console.log(`${name} was not run`);
  process.exit(probe.status === 77 ? 77 : 1);
}

const { ok, error, seconds, notes } = JSON.parse(fs.readFileSync(`${base}.json`));
console.log(`${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`);
if (fs.existsSync(`${base}.first.log`)) console.log(`  at the second attempt; of the first: ${base}.first.log`);
for (const note of notes) console.log(`  ${note}`);
if (!ok) console.log(`\n${error}\n\nTranscript (left is the peer under test):\n${fs.readFileSync(`${base}.log`)}`);
process.exit(ok ? 0 : 1);
