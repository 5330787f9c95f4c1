// What a runner writes for show.mjs: FOLDER/NAME.json and FOLDER/NAME.log.
import fs from 'node:fs';
import path from 'node:path';

/// Runs `act(note)`; notes are for people. `title` is what the line on the terminal says. True: it passed.
export async function record({ folder, name, title, transcript, afterFailure = async () => {} }, act) {
  const notes = [];
  const note = (line) => { notes.push(line); transcript.note(`note: ${line}`); };
  const start = performance.now();
  let error = null;
  try {
    await act(note);
  } catch (e) {
    error = e.message;
    transcript.note(`FAILED: ${e.stack}`);
    await afterFailure();
  }
  const seconds = (performance.now() - start) / 1000;
  const base = path.join(folder, name);
  fs.writeFileSync(`${base}.log`, transcript.toString());
  fs.writeFileSync(`${base}.json`, JSON.stringify({ ok: error === null, error, seconds, notes }, null, 2) + '\n');
  console.log(`${error === null ? 'pass' : 'FAIL'} ${title} (${seconds.toFixed(1)} s)`);
  for (const line of error === null ? notes : [...notes, error]) console.log(`     ${line}`);
  return error === null;
}

/// One more attempt for what fails, as tests/run.sh has it for single tests: here the tests only read what was recorded. What the first
/// one wrote is kept as FOLDER/NAME.first.log.
export async function again({ folder, name }, attempt) {
  if (await attempt()) return true;
  const base = path.join(folder, name);
  fs.renameSync(`${base}.log`, `${base}.first.log`);
  console.log(`again: ${name}`);
  return attempt();
}
