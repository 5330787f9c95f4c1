// Sequences that depend on what a connection or an offer is asked for: bundle policies, layers, offerToReceive.
import assert from 'node:assert/strict';

const everything = ['track audio', 'track video', 'channel'];
const both = ['track audio', 'track video'];
const bundled = (sdp) => (sdp.match(/^a=group:BUNDLE(.*?)\r?$/m)?.[1] ?? '').trim().split(' ').filter(Boolean).length;
const withoutBundle = (sdp) => sdp.replace(/^a=group:BUNDLE.*\r\n/m, '');

/// Everything over one transport, and what comes later, too.
async function bundles(talk, first, second) {
  const channel = await talk.open(first, 'bundled');
  const { answer } = await talk.round(first, { offering: both, answering: both });
  assert.equal(bundled(answer), 3);
  await talk.connected();
  const opened = await channel.opened();
  const { offer, answer: later } = await talk.round(second, { offering: ['add video sendonly'] });
  assert.deepEqual([bundled(offer), bundled(later)], [4, 4]);
  for (const peer of [first, second]) await opened.deliver(peer, [{ text: 'over one transport' }]);
}

/// Each section has a transport of its own, since the offer comes without its group.
async function apart(talk, first, second) {
  const channel = await talk.open(first, 'apart');
  const { answer } = await talk.round(first, { offering: both, answering: both, carried: withoutBundle });
  assert.equal(bundled(answer), 0);
  await talk.connected();
  const opened = await channel.opened();
  for (const peer of [first, second]) await opened.deliver(peer, [{ text: 'over a transport of its own' }]);
}

/// Layers are offered; whoever takes none gets the first. They stay when the receiver offers, as long as it receives: an offer that
/// holds the picture names none, and the first is left (webrtc-pc section 4.4.1.5: layers that the answer lacks are removed).
async function layers(talk, first, second) {
  const { answer } = await talk.round(first, { offering: ['add video sendonly q h f'] });
  const taken = /^a=simulcast:recv/m.test(answer);
  const kept = await talk.rids(first, 'video');
  if (taken) assert.deepEqual(kept, ['q', 'h', 'f']);
  else assert.equal(kept.length, 1);
  assert.deepEqual(await talk.currents(first, 'video'), ['sendonly']);
  await talk.round(second, { offering: ['track audio'] });
  assert.deepEqual(await talk.rids(first, 'video'), kept);
  await talk.round(second, { offering: ['direction video inactive'] });
  await talk.round(first, { offering: ['restart'] });
  await talk.round(second, { offering: ['direction video recvonly'] });
  assert.deepEqual(await talk.currents(first, 'video'), ['sendonly']);
  assert.deepEqual(await talk.rids(first, 'video'), kept.slice(0, 1));
}

async function offersToReceive(talk, first, second) {
  const receive = { offerToReceiveAudio: true, offerToReceiveVideo: true };
  await talk.round(first, { options: receive, answering: both });
  for (const kind of ['audio', 'video']) assert.deepEqual(await talk.currents(first, kind), ['recvonly']);
  await talk.round(first, { options: receive }); // there is one already
  assert.equal((await talk.currents(first, 'video')).length, 1);
  await talk.round(first, { offering: both });
  assert.deepEqual(await talk.currents(first, 'video'), ['sendrecv']);
  await talk.round(first, { options: { offerToReceiveAudio: false } });
  assert.deepEqual(await talk.currents(first, 'audio'), ['sendonly']);
  await talk.round(second, { offering: ['direction audio sendonly', 'direction video sendonly'] });
}

const policies = ['balanced', 'max-compat', 'max-bundle'];

export const configured = [
  ...policies.map((bundlePolicy) => ({ name: bundlePolicy, config: { bundlePolicy }, act: bundles })),
  { name: 'apart', config: { bundlePolicy: 'max-compat' }, act: apart },
  { name: 'layers', act: layers },
  { name: 'offerToReceive', act: offersToReceive },
  { name: 'pool', config: { iceCandidatePoolSize: 2 }, act: (talk, first) => talk.round(first, { offering: everything, answering: both }) },
];
