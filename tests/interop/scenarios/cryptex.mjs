// Header extensions are encrypted (Cryptex, RFC 9335): first if both can, then because both insist. A picture and a tone go to parley
// and back.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';

const frequency = 600;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function encryptedCall(policy, { offerer, answerer, note }) {
  const [source, echo] = offerer.stack.encryptsHeaders ? [offerer, answerer] : [answerer, offerer];
  const link = new Link(offerer, answerer, { config: { rtpHeaderEncryptionPolicy: policy } });
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency };
  await source.command('media', settings);
  await echo.command('media', { ...settings, offer: echo === offerer });
  await link.connect();
  const watch = (peer) => peer.command('watch', { connection: link.name });
  const good = ({ video, received, audio }) => video?.right && received.framesDecoded >= 60 && Math.abs(audio?.frequency - frequency) < 25;
  let played;
  for (const end = Date.now() + 40_000; !good(played = await watch(source)) && Date.now() < end;) await pause(250);
  const echoed = await watch(echo);
  note(`${policy}: ${JSON.stringify(echoed)}`);
  for (const peer of [offerer, answerer]) assert.match(link.descriptionFrom(peer), /^a=cryptex\r?$/m);
  assert.ok(good(played), `${policy}: what comes back is not what was sent: ${JSON.stringify(played)}`);
  assert.deepEqual(echoed.encrypted, [true, true]); // Chromium's transceivers do not tell
  await link.end();
}

export async function cryptex(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].some((peer) => peer.stack.encryptsHeaders) || ![offerer, answerer].some((peer) => peer.stack.echoesMedia))
    return note('nobody who encrypts headers, or nobody who sends back');
  for (const policy of ['negotiate', 'require']) await encryptedCall(policy, context);
}

// Without it Chromium's pages cannot ask for it.
cryptex.blinkFeatures = 'RtcRtpHeaderEncryptionPolicy';
