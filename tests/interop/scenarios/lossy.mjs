// Media over a path that loses packets and changes their order: a peer sends a picture and a tone, parley sends them back, and of the
// frames that were sent nearly all arrive, on both ways, in every codec.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { LossyPath } from '../lib/lossy_path.mjs';
import { recordings } from '../lib/recordings.mjs';

const rules = { delay: 15, loss: 5, reorder: 5, 'reorder-hold': 10, seed: 7 };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const frequency = 600;
const seconds = { least: 6, most: 20 };

/// What is wrong with the sound, which nobody repairs: about what the path lets through arrives. Who decodes it hears the tone all
/// the same.
function faultOfSound({ sent, heard, audio }, before, { comparesMedia, humsByMicrophone }) {
  if (humsByMicrophone) return null; // and has no microphone here
  const [pieces, arrived] = [sent.pieces - before.sent.pieces, heard.packetsReceived - before.heard.packetsReceived];
  if (pieces < 100 || arrived < 0.8 * pieces) return `of ${pieces} pieces of sound ${arrived} came back`;
  if (comparesMedia) return heard.unknown > 0 ? 'the sound is damaged' : null;
  return Math.abs(audio?.frequency - frequency) < 25 ? null : `not the tone, but ${audio?.frequency} Hz`;
}

async function lossyCall(codec, { offerer, answerer, note, emulator }) {
  const [source, echo] = offerer.stack.repairsMedia ? [offerer, answerer] : [answerer, offerer];
  const path = await LossyPath.start(emulator, rules);
  const link = new Link(offerer, answerer, { path, config: { bundlePolicy: 'max-bundle' } });
  await link.prepare();
  const settings = { connection: link.name, codec, frequency, recordings };
  const { unknown } = await source.command('media', { ...settings, offer: source === offerer });
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
    const { framesDecoded = 0, framesWaiting = 0 } = played.received;
    return { sent: played.sent.framesEncoded ?? 0, echoed: echoed.video.frames, back: framesDecoded + framesWaiting, played };
  };
  // Who compares frames may have an unknown one at first: nobody knows of a packet that was lost before all others.
  const begun = ({ back, played }) => (source.stack.comparesMedia ? back >= 10 : played.video?.right);
  let before;
  for (const end = Date.now() + 30_000; !begun(before = await watch()) && Date.now() < end;) await pause(250);
  const right = ({ video }) => (source.stack.comparesMedia ? video.unknown === before.played.video.unknown : video.right);
  // What is on its way at the end counts as lost, so a share that is too small may grow for a while.
  let since;
  const begin = Date.now();
  do {
    await pause(500);
    const after = await watch();
    since = { after, ...Object.fromEntries(['sent', 'echoed', 'back'].map((name) => [name, after[name] - before[name]])) };
    since.fault = faultOfSound(after.played, before.played, source.stack);
    since.enough = since.sent > 100 && since.echoed >= 0.95 * since.sent && since.back >= 0.95 * since.echoed &&
      right(after.played) && !since.fault;
    since.seconds = (Date.now() - begin) / 1000;
  } while (since.seconds < seconds.least || (!since.enough && since.seconds < seconds.most));
  const { after, sent, echoed, back: returned } = since;
  const { a_to_b: there, b_to_a: back } = await path.counters();
  const lost = (there.lost + back.lost) / (there.received + back.received);
  note(`${codec}: ${(100 * lost).toFixed(1)} % of the packets were lost; of ${sent} frames ${echoed} arrived, and ${returned} came back ` +
    `in ${since.seconds.toFixed(1)} s; ${after.played.sent.nackCount} and ${after.played.received.nackCount} NACKs; ` +
    `${JSON.stringify({ ...after.played.video, ...after.played.audio, ...after.played.heard })}`);
  assert.ok(lost > 0.03, `${codec}: the path lost nothing`);
  assert.ok(sent > 100, `${codec}: ${source.name} sent little`);
  assert.ok(echoed >= 0.95 * sent, `${codec}: too few frames arrive`);
  assert.ok(returned >= 0.95 * echoed, `${codec}: too few frames come back`);
  assert.ok(right(after.played), `${codec}: the picture is damaged`);
  assert.equal(since.fault, null, codec);
  await link.end();
  path.end();
}

export async function lossy(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].some((peer) => peer.stack.repairsMedia) || ![offerer, answerer].some((peer) => peer.stack.echoesMedia))
    return note('nobody who repairs what is lost, or nobody who sends back');
  const browser = [offerer, answerer].some((peer) => peer.stack.sendsLayers);
  for (const codec of browser ? ['VP8', 'VP9', 'H264', 'AV1'] : ['VP8', 'H264']) await lossyCall(codec, context);
}
