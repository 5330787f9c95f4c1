// Media over a path that loses packets and changes their order: a browser sends a picture, parley sends it back, and of the frames
// that were encoded nearly all arrive, on both ways, in every codec.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { LossyPath } from '../lib/lossy_path.mjs';

const rules = { delay: 15, loss: 5, reorder: 5, 'reorder-hold': 10, seed: 7 };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function lossyCall(codec, { offerer, answerer, note, emulator }) {
  const [source, echo] = offerer.stack.changesMedia ? [offerer, answerer] : [answerer, offerer];
  const path = await LossyPath.start(emulator, rules);
  const link = new Link(offerer, answerer, { path, config: { bundlePolicy: 'max-bundle' } });
  await link.prepare();
  const settings = { connection: link.name, codec, frequency: 600 };
  const { unknown } = await source.command('media', settings);
  if (unknown) {
    note(`${source.name} does not know ${codec}`);
    path.end();
    return link.end();
  }
  await echo.command('media', { ...settings, offer: echo === offerer });
  await link.connect();
  // Browsers do not count a frame as received if part of it came as a retransmission; but they decode it.
  const watch = async () => {
    const [played, echoed] = await Promise.all([source, echo].map((peer) => peer.command('watch', { connection: link.name })));
    return { sent: played.sent.framesEncoded ?? 0, echoed: echoed.video.frames, back: played.received.framesDecoded ?? 0, played };
  };
  for (const end = Date.now() + 30_000; !(await watch()).played.video?.right && Date.now() < end;) await pause(250);
  const before = await watch();
  await pause(8000);
  const after = await watch();
  const { a_to_b: there, b_to_a: back } = await path.counters();
  const lost = (there.lost + back.lost) / (there.received + back.received);
  const [sent, echoed, returned] = ['sent', 'echoed', 'back'].map((name) => after[name] - before[name]);
  note(`${codec}: ${(100 * lost).toFixed(1)} % of the packets were lost; of ${sent} frames ${echoed} arrived, and ${returned} came back; ` +
    `${after.played.sent.nackCount} and ${after.played.received.nackCount} NACKs`);
  assert.ok(lost > 0.03, `${codec}: the path lost nothing`);
  assert.ok(sent > 100, `${codec}: the browser sent little`);
  assert.ok(echoed >= 0.95 * sent, `${codec}: too few frames arrive`);
  assert.ok(returned >= 0.95 * echoed, `${codec}: too few frames come back`);
  assert.ok(after.played.video.right, `${codec}: the picture is damaged`);
  await link.end();
  path.end();
}

export async function lossy(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].some((peer) => peer.stack.changesMedia) || ![offerer, answerer].some((peer) => peer.stack.echoesMedia))
    return note('no browser, or nobody who sends back');
  for (const codec of ['VP8', 'VP9', 'H264', 'AV1']) await lossyCall(codec, context);
}
