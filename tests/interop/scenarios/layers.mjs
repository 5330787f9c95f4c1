// A browser sends a picture in three sizes (simulcast); parley gets all of them apart. That the larger ones come at all is the
// work of parley's feedback: the browser begins with the smallest. Then sizes are left out and come again, the picture becomes
// another, and either side restarts ICE.
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
  const good = answerer.stack.takesLayers ? all : first;
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

/// During a call with sound only, whoever has begun it.
async function fromBrowser({ offerer, answerer, note }) {
  const [browser, echo] = offerer.stack.sendsLayers ? [offerer, answerer] : [answerer, offerer];
  const link = new Link(offerer, answerer);
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency: 600, kinds: ['audio'] };
  await browser.command('media', settings);
  await echo.command('media', { ...settings, offer: echo === offerer });
  await link.connect();
  await browser.command('layers', { connection: link.name });
  await link.renegotiate(browser);
  const watch = async () => (await echo.command('watch', { connection: link.name })).layers;
  const until = async (what, good, seconds = 60) => {
    const end = Date.now() + seconds * 1000;
    let seen;
    do {
      await pause(250);
      seen = await watch();
    } while (!good(seen) && Date.now() < end);
    note(`${what}: ${JSON.stringify(seen)}`);
    assert.ok(good(seen), `not ${what}`);
  };
  /// Twenty more frames of each of these sizes, and pictures as wide as that.
  const flow = async (what, widths) => {
    const before = await watch();
    await until(what, (seen) => Object.entries(widths).every(([rid, width]) =>
      seen[rid]?.frames >= (before[rid]?.frames ?? 0) + 20 && seen[rid].width === width));
  };
  const alter = (peer, change) => peer.command('alter', { connection: link.name, change });
  await flow('all sizes arrive', { h: 960, m: 480, l: 240 });
  for (const [layer, rest] of [['h', { m: 480, l: 240 }], ['l', { h: 960, m: 480 }]]) {
    await alter(browser, { layer, active: false });
    await pause(500);
    const before = (await watch())[layer].frames;
    await flow(`without ${layer} the others go on`, rest);
    assert.ok((await watch())[layer].frames <= before + 1, `${layer} still comes`);
    await alter(browser, { layer, active: true });
    await flow(`${layer} is there again`, { h: 960, m: 480, l: 240 });
  }
  await alter(browser, { track: 'other' });
  await flow('another picture in all sizes', { h: 1024, m: 512, l: 256 });
  for (const peer of [offerer, answerer]) {
    await alter(peer, { restart: true });
    await link.renegotiate(peer);
    await flow(`${peer.name} restarted ICE`, { h: 1024, m: 512, l: 256 });
  }
  await link.end();
}

export async function layers(context) {
  const { offerer, answerer, note } = context;
  const peers = [offerer, answerer];
  if (!peers.some((peer) => peer.stack.echoesMedia)) return note('nobody takes several sizes apart');
  const sends = peers.some((peer) => peer.stack.sendsLayers);
  const takes = offerer.stack.echoesMedia && (answerer.stack.sendsLayers || answerer.stack.takesLayers);
  if (!sends && !takes) return note('nobody sends several sizes to somebody');
  if (takes) await fromParley(context);
  if (sends) await fromBrowser(context);
}
