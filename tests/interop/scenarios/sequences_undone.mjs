// Sequences that are taken back, said provisionally, or said again: rollback, pranswer, ICE restart.
import assert from 'node:assert/strict';

const ufragOf = (sdp) => sdp.match(/^a=ice-ufrag:(\S+)/m)[1];

/// From `offerer` to its other side, up to the offer.
async function offer(talk, offerer, ...lines) {
  await talk.act(offerer, ...lines);
  const description = await talk.describe(offerer, 'offer');
  await talk.take(talk.opposite(offerer), description);
}

export const undone = {
  /// Each side takes its own offer back, the other the one that it has got; and what was agreed stays, until it is offered again.
  async rollback(talk, first, second) {
    await talk.round(first, { offering: ['track audio'], answering: ['track audio'] });
    for (const [one, other] of [[first, second], [second, first]]) {
      const before = await Promise.all([one, other].map((peer) => talk.currents(peer, 'audio')));
      await talk.act(one, 'direction audio recvonly', 'add video sendonly');
      await talk.describe(one, 'offer');
      await talk.describe(one, 'rollback');
      await offer(talk, one);
      await talk.take(other, { type: 'rollback' });
      await talk.describe(one, 'rollback');
      await talk.agreed();
      assert.deepEqual(await Promise.all([one, other].map((peer) => talk.currents(peer, 'audio'))), before);
      await talk.round(one);
      assert.deepEqual(await talk.currents(one, 'audio'), [one === first ? 'recvonly' : 'inactive']);
    }
    assert.equal((await talk.currents(first, 'video')).length, 2);
  },

  /// A rollback takes the first offer of all back, and everything with it.
  async rollbackOfTheFirst(talk, first, second) {
    await offer(talk, first, 'track audio', 'channel');
    await talk.take(second, { type: 'rollback' });
    await talk.describe(first, 'rollback');
    await talk.round(second, { offering: ['track video'] });
    assert.deepEqual(await talk.currents(second, 'video'), ['sendonly']);
    await talk.round(first);
    assert.deepEqual(await talk.currents(first, 'audio'), ['sendonly']);
  },

  /// Both offer, and one gives way to the other's: what it had offered comes in its next offer. There is video before, since Chromium
  /// keeps the header extension ids of what it has rolled back.
  async glare(talk, first, second) {
    await talk.round(first, { offering: ['track audio', 'track video'], answering: ['track audio', 'track video'] });
    for (const [polite, other] of [[second, first], [first, second]]) {
      await talk.act(polite, 'track video', 'direction audio sendonly');
      await talk.describe(polite, 'offer');
      await offer(talk, other, 'add video recvonly');
      await talk.finish(other);
      await talk.round(polite);
      await talk.act(polite, 'direction audio sendrecv');
    }
    assert.deepEqual(await talk.currents(first, 'audio'), ['sendonly']);
  },

  async pranswer(talk, first, second) {
    for (const [one, other, change] of [[first, second, 'track audio'], [second, first, 'direction audio recvonly']]) {
      await offer(talk, one, change);
      await talk.act(other, 'direction audio inactive');
      await talk.take(one, await talk.describe(other, 'pranswer'));
      assert.equal((await talk.view(one)).signalingState, 'have-remote-pranswer');
      assert.equal((await talk.view(other)).signalingState, 'have-local-pranswer');
      await talk.act(other, 'direction audio sendrecv');
      await talk.finish(one);
      await talk.connected();
    }
    assert.deepEqual(await talk.currents(first, 'audio'), ['sendonly']);
  },

  /// By restartIce, by an option, and crossing changes; the channel goes on.
  async restart(talk, first, second) {
    const channel = await talk.open(first, 'goes on');
    await talk.round(first, { offering: ['track audio'], answering: ['track audio'] });
    await talk.connected();
    const opened = await channel.opened();
    let last = await talk.view(first);
    for (const [from, round] of [
      [first, { offering: ['restart'] }],
      [second, { offering: ['restart', 'direction audio sendonly'] }],
      [first, { options: { iceRestart: true } }],
      [second, { offering: ['restart', 'track video'], answering: ['direction audio recvonly'] }],
      [second, { options: { iceRestart: true } }],
    ]) {
      await talk.round(from, round);
      const now = await talk.view(first);
      for (const side of ['local', 'remote']) assert.notEqual(ufragOf(now[side]), ufragOf(last[side]), `${side} credentials`);
      last = now;
      await talk.connected();
      for (const peer of [first, second]) await opened.deliver(peer, [{ text: 'still here' }]);
    }
    // An offer with a restart that is taken back restarts nothing.
    await talk.act(second, 'restart');
    await offer(talk, second);
    await talk.take(first, { type: 'rollback' });
    await talk.describe(second, 'rollback');
    for (const peer of [first, second]) await opened.deliver(peer, [{ text: 'and here' }]);
    await talk.round(second);
    assert.notEqual(ufragOf((await talk.view(second)).local), ufragOf(last.remote));
  },
};
