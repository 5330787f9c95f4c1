// A long path that loses packets: what is asked for again comes late, so both sides protect what they send, by FlexFEC,
// and make lost packets of it. A browser's picture goes to parley and back.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { LossyPath } from '../lib/lossy_path.mjs';

const rules = { delay: 75, loss: 5, seed: 7 };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const kinds = { FlexFEC: ['flexfec-03'] }; // of ULPFEC Chromium's statistics do not tell

const video = (report, type) => Object.values(report).find((s) => s.type === type && s.kind === 'video') ?? {};

async function protectedCall(name, protection, { offerer, answerer, note, emulator }) {
  const [source, echo] = offerer.stack.changesMedia ? [offerer, answerer] : [answerer, offerer];
  const path = await LossyPath.start(emulator, rules);
  const link = new Link(offerer, answerer, { path, config: { bundlePolicy: 'max-bundle' } });
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency: 600, protection };
  await source.command('media', settings);
  await echo.command('media', { ...settings, offer: echo === offerer });
  await link.connect();
  const told = () => Promise.all([source, echo].map((peer) => peer.command('stats', { connection: link.name })));
  const seen = async () => {
    const [played, echoed] = await told();
    return { there: video(echoed, 'inbound-rtp'), back: video(played, 'inbound-rtp'), sent: video(echoed, 'outbound-rtp') };
  };
  const helped = ({ fecPacketsReceived = 0, fecPacketsDiscarded = 0 }) => fecPacketsReceived > 20 && fecPacketsReceived - fecPacketsDiscarded >= 3;
  let now = await seen();
  for (const end = Date.now() + 40_000; !(helped(now.there) && helped(now.back)) && Date.now() < end; now = await seen()) await pause(500);
  const count = (stats) => `${stats.fecPacketsReceived} packets, of which ${stats.fecPacketsDiscarded ?? '(untold)'} were of no use`;
  note(`${name}: parley received ${count(now.there)}; ${source.name} ${count(now.back)}, of ${now.sent.fecPacketsSent} sent`);
  assert.ok(helped(now.there), `parley made nothing of the browser's ${name}`);
  assert.ok(helped(now.back), `the browser made nothing of our ${name}`);
  assert.ok(now.sent.fecPacketsSent >= now.back.fecPacketsReceived, `more ${name} came than was sent`);
  assert.equal(now.back.fecSsrc, now.sent.fecSsrc);
  const { video: shown } = await source.command('watch', { connection: link.name });
  assert.ok(shown.right, 'the picture is damaged');
  await link.end();
  path.end();
}

/// An answer to simulcast has no FlexFEC: Chromium would end.
async function layeredCall(protection, { offerer, answerer, note }) {
  const [source, echo] = offerer.stack.sendsLayers ? [offerer, answerer] : [answerer, offerer];
  const link = new Link(offerer, answerer);
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency: 600, kinds: ['audio'], protection };
  await source.command('media', settings);
  await echo.command('media', { ...settings, offer: echo === offerer });
  await link.connect();
  await source.command('layers', { connection: link.name, protection });
  await link.renegotiate(source);
  const has = (peer) => link.descriptionsFrom(peer).at(-1).includes(protection[0]);
  assert.ok(has(source), 'it is not offered');
  assert.ok(!has(echo), 'it is in the answer');
  let layers;
  const arrive = (all) => Object.values(all).filter(({ frames }) => frames >= 10).length >= 2;
  for (const end = Date.now() + 20_000; !arrive(layers ?? {}) && Date.now() < end; await pause(250))
    ({ layers } = await echo.command('watch', { connection: link.name }));
  note(`in layers: ${JSON.stringify(layers)}`);
  assert.ok(arrive(layers), 'no layers arrive');
  await link.end();
}

export async function fec(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].some((peer) => peer.stack.sendsFec) || ![offerer, answerer].some((peer) => peer.stack.echoesMedia))
    return note('nobody who sends FEC, or nobody who sends back');
  for (const [name, protection] of Object.entries(kinds)) await protectedCall(name, protection, context);
  await layeredCall(kinds.FlexFEC, context);
}

// Else Chromium neither sends FlexFEC nor takes it.
fec.fieldTrials = 'WebRTC-FlexFEC-03-Advertised/Enabled/WebRTC-FlexFEC-03/Enabled/';
