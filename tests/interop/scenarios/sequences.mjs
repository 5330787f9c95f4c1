// Sequences of negotiation, step by step, with stub media: whatever one side offers the other accepts, and after each round both have
// the same sections and mirrored directions, which are those that webrtc-pc and RFC 9429 say.
import assert from 'node:assert/strict';
import { mirrored, sectionsOf, sends } from '../lib/agreement.mjs';
import { Talk } from '../lib/talk.mjs';
import { configured } from './sequences_configured.mjs';
import { undone } from './sequences_undone.mjs';

const all = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const both = ['track audio', 'track video'];
const receives = (direction) => sends(mirrored(direction));
const named = (send, receive) => (send ? (receive ? 'sendrecv' : 'sendonly') : receive ? 'recvonly' : 'inactive');

const places = async (talk) => sectionsOf((await talk.view(talk.offerer)).local).map(({ kind, rejected }) => (rejected ? '-' : kind));

const sequences = {
  /// Every direction of one side with every direction of the other, whoever offers.
  async directions(talk, first, second) {
    await talk.round(first, { offering: ['track audio'], answering: ['track audio'] });
    let turns = 0;
    for (const mine of all)
      for (const yours of all) {
        const [offerer, answerer] = turns++ % 2 ? [second, first] : [first, second];
        await talk.round(offerer, { offering: [`direction audio ${mine}`], answering: [`direction audio ${yours}`] });
        const agreed = named(sends(mine) && receives(yours), receives(mine) && sends(yours));
        assert.deepEqual(await talk.currents(offerer, 'audio'), [agreed], `${mine} with ${yours}`);
        assert.deepEqual(await talk.currents(answerer, 'audio'), [mirrored(agreed)]);
      }
  },

  /// All kinds of sections in any order, from both sides.
  async orders(talk, first, second) {
    await talk.round(first, { offering: ['channel', 'track video'], answering: ['track video', 'track audio'] });
    await talk.round(second, { offering: ['add video sendonly'] });
    await talk.round(first, { offering: ['add audio recvonly', 'track audio'], answering: ['add audio inactive'] });
    await talk.round(second);
    assert.deepEqual(await talk.currents(first, 'video'), ['sendrecv', 'recvonly']);
  },

  async removeTrack(talk, first, second) {
    await talk.round(first, { offering: both, answering: both });
    await talk.round(first, { offering: ['remove video'] });
    assert.deepEqual(await talk.currents(first, 'video'), ['recvonly']);
    await talk.round(second, { offering: ['remove audio'] });
    assert.deepEqual(await talk.currents(second, 'audio'), ['recvonly']);
    await talk.round(first, { answering: ['remove video'] });
    assert.deepEqual(await talk.currents(first, 'video'), ['inactive']);
    // A sender that has sent is not used again by addTrack.
    await talk.round(first, { offering: ['track video'] });
    assert.deepEqual(await talk.currents(first, 'video'), ['inactive', 'sendonly']);
    await talk.round(second, { offering: ['track audio', 'track video'] });
    assert.deepEqual(await talk.currents(second, 'audio'), ['recvonly', 'sendonly']);
    assert.deepEqual(await talk.currents(second, 'video'), ['inactive', 'sendrecv']); // this one has not
  },

  /// Stopped sections are rejected, and what comes later takes their places.
  async stop(talk, first, second) {
    await talk.round(first, { offering: [...both, 'channel'], answering: both });
    assert.deepEqual(await places(talk), ['audio', 'video', 'application']);
    await talk.round(first, { offering: ['stop video'] });
    assert.deepEqual(await places(talk), ['audio', '-', 'application']);
    await talk.round(second, { offering: ['track video'] });
    assert.deepEqual(await places(talk), ['audio', 'video', 'application']);
    await talk.round(first, { offering: ['stop video'] });
    assert.deepEqual(await places(talk), ['audio', '-', 'application']);
  },

  /// Also the first of the BUNDLE group, and what comes is of another kind.
  async recycling(talk, first, second) {
    await talk.round(first, { offering: [...both, 'channel'], answering: both });
    await talk.round(first, { offering: ['stop video'] });
    await talk.round(second, { offering: ['track video'] });
    await talk.round(second, { offering: ['stop audio'] });
    assert.deepEqual(await places(talk), ['-', 'video', 'application']);
    await talk.round(first, { offering: ['add video recvonly'] });
    // Before the section that describes the transport of all a browser would begin another one.
    const spares = first.stack.namesAssociations && !second.stack.namesAssociations;
    const expected = spares ? ['-', 'video', 'application', 'video'] : ['video', 'video', 'application'];
    if (!first.stack.keepsKinds) assert.deepEqual(await places(talk), expected);
    await talk.round(second, { offering: ['stop video', 'add audio sendonly'] });
    await talk.round(first, { offering: ['track audio', 'stop video'] });
    await talk.round(second);
    assert.equal((await talk.currents(first, 'video')).length, 0);
  },

  /// Stopped by the side that answers: the next offer rejects it.
  async stoppedAtTheAnswerer(talk, first, second) {
    await talk.round(first, { offering: both, answering: both });
    const offer = await talk.describe(first, 'offer');
    await talk.take(second, offer);
    await talk.act(second, 'stop video');
    await talk.take(first, await talk.describe(second, 'answer'));
    await talk.round(second);
    assert.deepEqual(await talk.currents(first, 'video'), []);
    assert.deepEqual(await talk.currents(first, 'audio'), ['sendrecv']);
    await talk.round(first, { offering: ['track video'] });
  },

  ...undone,
};

async function play(context, name, act, config) {
  const { offerer, answerer, note } = context;
  const lacks = [offerer.stack.cannotOffer, offerer.stack.cannot, answerer.stack.cannot].map((list) => list?.[name]).filter(Boolean);
  if (lacks.length) return note(`${name}: left out, ${lacks.join(', ')}`);
  const talk = new Talk(offerer, answerer, config);
  try {
    await talk.prepare();
    await act(talk, offerer, answerer);
    await talk.connected();
    note(`${name}: agreed`);
    return null;
  } catch (e) {
    note(`${name}: FAILED, ${e.stack}`);
    return name;
  } finally {
    await talk.end();
  }
}

export async function sequencesScenario(context) {
  const { offerer, answerer, note } = context;
  if (![offerer, answerer].every((peer) => peer.stack.negotiatesByStep)) return note('one of them is not driven step by step');
  const failed = [];
  for (const [name, act] of Object.entries(sequences)) failed.push(await play(context, name, act));
  for (const { name, config, act } of configured) failed.push(await play(context, name, act, config));
  assert.deepEqual(failed.filter(Boolean), []);
}
