// A browser sends a picture in three sizes (simulcast); parley gets all of them apart. That the larger ones come at all is the
// work of parley's feedback: the browser begins with the smallest.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { recordings } from '../lib/recordings.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/// parley sends three layers: pion gets all of them apart, and a browser, which takes no simulcast, the first.
async function fromParley({ offerer, answerer, note }) {
  const link = new Link(offerer, answerer);
  await link.prepare();
  await offerer.command('layers', { connection: link.name, recordings });
  await answerer.command('media', { connection: link.name, codec: 'VP8', kinds: [], frequency: 600, recordings, offer: false });
  await link.connect();
  const all = ({ layers: seen }) => ['h', 'm', 'l'].every((rid) => seen[rid]?.frames >= 30 && seen[rid].unknown + seen[rid].gaps === 0);
  const first = ({ video, received }) => video?.size[0] === 66 && received.framesDecoded >= 30;
  const good = answerer.stack.comparesMedia ? all : first;
  const end = Date.now() + 30_000;
  let seen;
  do {
    await pause(250);
    seen = await answerer.command('watch', { connection: link.name });
  } while (!good(seen) && Date.now() < end);
  note(JSON.stringify(seen.layers ?? seen.video));
  assert.ok(good(seen), 'not all that can arrive arrives');
  await link.end();
}

export async function layers({ offerer, answerer, note }) {
  if (offerer.stack.echoesMedia && (answerer.stack.changesMedia || answerer.stack.comparesMedia)) return fromParley({ offerer, answerer, note });
  if (!offerer.stack.sendsLayers || !answerer.stack.echoesMedia) return note('only a browser that offers sends several sizes');
  const link = new Link(offerer, answerer);
  await link.prepare();
  await offerer.command('layers', { connection: link.name });
  await answerer.command('media', { connection: link.name, codec: 'VP8', offer: false });
  await link.connect();
  const wanted = { h: 960, m: 480, l: 240 };
  const good = (seen) => Object.entries(wanted).every(([rid, width]) => seen[rid]?.frames >= 20 && seen[rid].width === width);
  const end = Date.now() + 60_000;
  let seen;
  do {
    await pause(250);
    seen = (await answerer.command('watch', { connection: link.name })).layers;
  } while (!good(seen) && Date.now() < end);
  note(JSON.stringify(seen));
  assert.ok(good(seen), 'not all sizes arrive');
  await link.end();
}
