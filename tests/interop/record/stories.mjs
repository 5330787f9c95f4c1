// One case between two peers: its descriptions and its story, as tests/data/sdp/README.md has them.
import fs from 'node:fs';
import path from 'node:path';
import { cases } from './cases.mjs';

let count = 0;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const other = { first: 'second', second: 'first' };

/// Runs one round. The result: {offer, answer, lines}; throws with the name of the side that could not.
async function playRound(sides, connection, { from = 'first', offering = [], answering = [] }) {
  const [offerer, answerer] = [sides[from], sides[other[from]]];
  const lines = [`round ${from}`, ...offering.map((line) => `offering ${line}`)];
  if (offering.length) await offerer.command('act', { connection, lines: offering });
  const offer = await offerer.command('offer', { connection });
  await answerer.command('take', { connection, description: offer });
  if (answering.length) await answerer.command('act', { connection, lines: answering });
  lines.push(...answering.map((line) => `answering ${line}`));
  const answer = await answerer.command('answer', { connection });
  await offerer.command('take', { connection, description: answer });
  for (const side of ['first', 'second'])
    for (const row of await sides[side].command('table', { connection })) lines.push(`${side} ${row}`);
  return { offer, answer, lines };
}

async function connected(sides, connection) {
  for (let i = 0; i < 100; ++i) {
    const states = await Promise.all(Object.values(sides).map((side) => side.command('state', { connection })));
    if (states.every((state) => state === 'connected')) return;
    await pause(50);
  }
}

/// Plays `name` and writes FOLDER/PREFIX.NAME.txt beside FOLDER/PREFIX.NAME.N.offer.sdp and .answer.sdp; what could not be played is
/// left out. The result: what stopped it, or null.
export async function record(sides, versions, { folder, prefix, name }) {
  const { config = {}, rounds } = cases[name];
  const connection = `c${++count}`;
  const base = path.join(folder, `${prefix}.${name}`);
  const story = [`${name}: ${versions.first} offers first, ${versions.second} answers`];
  let stopped = null;
  let played = 0;
  try {
    for (const side of Object.values(sides)) await side.command('create', { connection, config });
    for (const round of rounds) {
      const { offer, answer, lines } = await playRound(sides, connection, round);
      ++played;
      fs.writeFileSync(`${base}.${played}.offer.sdp`, offer.sdp);
      fs.writeFileSync(`${base}.${played}.answer.sdp`, answer.sdp);
      story.push('', ...lines);
      if (played === 1 && rounds.length > 1) await connected(sides, connection);
    }
  } catch (e) {
    stopped = `round ${played + 1}: ${e.message}`;
  }
  for (const side of Object.values(sides)) if (side.alive) await side.command('close', { connection }).catch(() => {});
  if (played > 0) fs.writeFileSync(`${base}.txt`, story.join('\n') + '\n');
  return stopped;
}
