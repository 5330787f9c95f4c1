// A peer sends a picture and a tone; parley sends them back; the peer plays them, and they are what was sent. pion, which decodes
// nothing, sends a recording and compares the frames.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { recordings } from '../lib/recordings.mjs';

const codecs = [['VP8', 'opus'], ['VP9', 'G722'], ['H264', 'PCMU'], ['AV1', 'PCMA']];
const frequency = 600;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function roundTrip({ offerer, answerer, note }, [codec, wanted], seconds = 40) {
  const [source, echo] = offerer.stack.sendsMedia ? [offerer, answerer] : [answerer, offerer];
  const link = new Link(offerer, answerer);
  await link.prepare();
  // Whoever answers has its tracks before the offer comes.
  const settings = { connection: link.name, codec, sound: wanted, frequency, recordings, offer: source === offerer };
  const { unknown, sound = 'opus' } = await source.command('media', settings);
  if (unknown) {
    note(`${source.name} does not know ${codec}`);
    return link.end();
  }
  // An offer that has more: Chromium sends the first codec of that, whatever it has answered.
  const alone = sound === 'opus' ? {} : { sound };
  await echo.command('media', { connection: link.name, codec, ...alone, offer: echo === offerer });
  await link.connect();
  const heard = (at) => (source.stack.comparesMedia ? at.heard.packetsReceived >= 60 : Math.abs(at.audio?.frequency - frequency) < 25);
  const good = (at) => at.video?.right && at.received.framesDecoded >= 60 && heard(at);
  const end = Date.now() + seconds * 1000;
  let played;
  do {
    await pause(250); // what is on the screen changes without an event
    played = await source.command('watch', { connection: link.name });
  } while (!good(played) && Date.now() < end);
  const echoed = await echo.command('watch', { connection: link.name });
  note(`${codec}, ${sound}: ${JSON.stringify(played)} ${JSON.stringify(echoed)}`);
  assert.ok(good(played), `${codec} is not played as it was sent`);
  assert.deepEqual(played.directions, ['sendrecv', 'sendrecv']);
  assert.deepEqual(echoed.directions, ['sendrecv', 'sendrecv']);
  assert.equal(echoed.video.codec, `video/${codec}`);
  assert.equal(echoed.audio.codec.toLowerCase(), `audio/${sound}`.toLowerCase()); // as the offer spells it
  assert.ok(echoed.video.keyFrames > 0 && echoed.video.keyFrames < echoed.video.frames / 2, 'key frames are told from others');
  // The browser scales its picture down while it does not know how much may be sent.
  const { width, height } = echoed.video;
  assert.ok(width > 0 && Math.abs(width / height - 4 / 3) < 0.1, 'the size is read from the bitstream');
  await link.end();
}

export async function media(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].some((peer) => peer.stack.sendsMedia) || ![offerer, answerer].some((peer) => peer.stack.echoesMedia))
    return note('nobody sends media, or nobody sends it back');
  for (const pair of codecs) await roundTrip(context, pair);
}

media.hears = true;
