// A connection whose negotiation goes step by step: the runner carries descriptions that have all candidates in them, and after each
// round both sides must have agreed on the same.
import assert from 'node:assert/strict';
import { mirrored, sectionsOf } from './agreement.mjs';
import { Link } from './link.mjs';

export class Talk extends Link {
  constructor(offerer, answerer, config = {}) {
    super(offerer, answerer, { config, trickle: false });
  }

  #ask(peer, command, fields) {
    return peer.command(command, { connection: this.name, ...fields }, 60);
  }

  /// Lines of record/cases.mjs.
  act = (peer, ...lines) => this.#ask(peer, 'act', { lines });
  /// Makes and sets a description, or a rollback.
  describe = (peer, type, options = {}) => this.#ask(peer, 'describe', { type, options });
  take = (peer, description) => this.#ask(peer, 'take', { description });
  rids = (peer, kind) => this.#ask(peer, 'rids', { kind });

  /// What a side believes: {signalingState, connectionState, local, remote, rows}, rows being {mid, kind, current}.
  async view(peer) {
    const view = await this.#ask(peer, 'view');
    const rows = view.table.map((line) => line.split(' ')).map(([mid, kind, current]) => ({ mid, kind, current }));
    return { ...view, rows: rows.filter(({ current }) => current !== 'stopped') };
  }

  /// The current directions of a kind at one side, in the order of its transceivers.
  async currents(peer, kind) {
    return (await this.view(peer)).rows.filter((row) => row.kind === kind).map(({ current }) => current);
  }

  /// Both are stable and have the same sections and the same directions.
  async agreed() {
    const [one, other] = await Promise.all([this.offerer, this.answerer].map((peer) => this.view(peer)));
    for (const view of [one, other]) {
      assert.equal(view.signalingState, 'stable');
      assert.deepEqual(sectionsOf(view.local), sectionsOf(view.remote));
    }
    assert.deepEqual(sectionsOf(one.local), sectionsOf(other.local));
    const byMid = (rows, change) => Object.fromEntries(rows.map(({ mid, kind, current }) => [mid, `${kind} ${change(current)}`]));
    assert.deepEqual(byMid(one.rows, (current) => current), byMid(other.rows, mirrored));
  }

  /// One side offers, the other answers. `offering` is done before the offer, `answering` before the answer; `options` are those of
  /// createOffer; `carried(sdp)` is the offer as the other side gets it. The result: both texts.
  async round(from, { offering = [], answering = [], options, carried = (sdp) => sdp } = {}) {
    const to = this.opposite(from);
    await this.act(from, ...offering);
    const offer = await this.describe(from, 'offer', options);
    await this.take(to, { type: 'offer', sdp: carried(offer.sdp) });
    await this.act(to, ...answering);
    return { offer: offer.sdp, answer: await this.finish(from) };
  }

  /// The answer to an offer that both know.
  async finish(offerer) {
    const answer = await this.describe(this.opposite(offerer), 'answer');
    await this.take(offerer, answer);
    await this.agreed();
    return answer.sdp;
  }

  /// Whatever lives is connected.
  async connected(seconds = 30) {
    for (const peer of [this.offerer, this.answerer]) {
      const end = Date.now() + seconds * 1000;
      let state;
      do {
        state = (await this.view(peer)).connectionState;
        if (state !== 'connected') await new Promise((done) => setTimeout(done, 50));
      } while (state !== 'connected' && Date.now() < end);
      assert.equal(state, 'connected', peer.name);
    }
  }
}
