// One connection between two peers, with the signaling relayed by the runner, and its channels.
import assert from 'node:assert/strict';
import { fill, sha256 } from './fill.mjs';

let count = 0;

/// A channel as both sides see it: `opener`/`other` are peers, `openerName`/`otherName` its names there.
export class Channel {
  constructor(link, opener, openerName, otherName, attributes) {
    Object.assign(this, { link, opener, openerName, otherName, attributes, other: link.opposite(opener) });
  }

  nameAt(peer) {
    return peer === this.opener ? this.openerName : this.otherName;
  }

  /// Sends {text}, {base64} or {fill} from `peer`, and checks nothing.
  send(peer, content) {
    return peer.command('send', { channel: this.nameAt(peer), ...content }, 60);
  }

  received(peer) {
    return peer.events.filter((e) => e.event === 'message' && e.channel === this.nameAt(peer));
  }

  /// Sends the contents from `peer` and waits until the other side has exactly these, in order unless the channel is unordered.
  async deliver(peer, wanted, seconds = 60) {
    const receiver = this.link.opposite(peer);
    const contents = wanted.filter(({ text, base64 }) => !peer.stack.noEmptyMessages || (text !== '' && base64 !== ''));
    const before = this.received(receiver).length;
    for (const content of contents) await this.send(peer, content);
    await receiver.until(`${contents.length} messages on ${this.nameAt(receiver)}`,
      () => this.received(receiver).length >= before + contents.length, seconds);
    const got = this.received(receiver).slice(before).map(({ kind, size, sha256: sum }) => ({ kind, size, sha256: sum }));
    const sent = contents.map(expected);
    const sorted = (list) => [...list].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    if (this.attributes.ordered === false) assert.deepEqual(sorted(got), sorted(sent));
    else assert.deepEqual(got, sent);
  }

  async closedAt(peer, seconds = 20) {
    if (peer.stack.firesClosing && this.closedBy !== peer)
      await peer.event('closing', { channel: this.nameAt(peer) }, seconds);
    await peer.event('close', { channel: this.nameAt(peer) }, seconds);
  }

  /// Closes the channel at `peer`; both sides must see it closed.
  async close(peer) {
    this.closedBy = peer;
    await peer.command('shut', { channel: this.nameAt(peer) });
    await Promise.all([this.closedAt(this.opener), this.closedAt(this.other)]);
  }
}

function expected({ text, base64, fill: recipe }) {
  const bytes = recipe ? fill(recipe) : text !== undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
  const kind = recipe?.kind ?? (text !== undefined ? 'text' : 'binary');
  return { kind, size: bytes.length, sha256: sha256(bytes) };
}

export class Link {
  /// `delay()`: for how many milliseconds signaling keeps a message; their order stays. Not given: none.
  /// `path`: a LossyPath that is the only way between them, the offerer at its side a.
  /// `feedback`: of a=rtcp-fb, what a browser that offers adds to its offer.
  constructor(offerer, answerer, { config = {}, trickle = true, delay = null, path = null, feedback } = {}) {
    Object.assign(this, { offerer, answerer, config, trickle, delay, path, feedback, name: `c${++count}`, signals: [], channelCount: 0 });
  }

  opposite(peer) {
    return peer === this.offerer ? this.answerer : this.offerer;
  }

  #relay(from, to) {
    const pass = (message) => to.command('signal', { connection: this.name, message }, 60)
      .catch((e) => to.notice({ event: 'refused', connection: this.name, message: e.message }));
    const waiting = [];
    let last = 0;
    from.signalHandlers.set(this.name, (message) => {
      this.signals.push({ from, message });
      if (this.path) message = this.path.rewritten(message, to === this.offerer ? 'a' : 'b');
      if (!message) return;
      if (!this.delay) return pass(message);
      waiting.push(message);
      last = Math.max(last, Date.now() + this.delay());
      setTimeout(() => pass(waiting.shift()), last - Date.now()); // one of them is due, and that is the first
    });
  }

  /// `more(peer)`: what else the command `create` has.
  async prepare(more = () => ({})) {
    this.#relay(this.offerer, this.answerer);
    this.#relay(this.answerer, this.offerer);
    for (const peer of [this.offerer, this.answerer])
      await peer.command('create', { connection: this.name, config: this.config, trickle: this.trickle, ...more(peer) });
  }

  /// Offers, and waits until both sides say connected.
  async connect(seconds = 60) {
    await this.offerer.command('offer', { connection: this.name, feedback: this.feedback }, 60);
    const connected = (peer) => peer.until(`${this.name} connected`, (events) => {
      const refused = events.find((e) => e.event === 'refused' && e.connection === this.name);
      if (refused) throw new Error(refused.message);
      const state = events.findLast((e) => e.event === 'state' && e.connection === this.name && e.name === 'connectionState');
      if (state?.value === 'failed') throw new Error(`${peer.name}: the connection failed`);
      return state?.value === 'connected';
    }, seconds);
    await Promise.all([connected(this.offerer), connected(this.answerer)]);
  }

  /// Another offer, from `peer`; waits for its answer.
  async renegotiate(peer) {
    const stable = (events) => events.filter((e) => e.event === 'state' && e.connection === this.name && e.value === 'stable').length;
    const before = stable(peer.events);
    await peer.command('offer', { connection: this.name }, 60);
    await peer.until(`${this.name} stable`, (events) => stable(events) > before);
  }

  /// Starts opening a channel at `peer`. Resolve the result's `opened` after connecting.
  async open(peer, label, options = {}) {
    const openerName = `${this.name}/${++this.channelCount}`;
    const attributes = await peer.command('open', { connection: this.name, channel: openerName, label, options });
    return { opened: () => this.#opened(peer, openerName, label, attributes) };
  }

  async #opened(peer, openerName, label, attributes) {
    const other = this.opposite(peer);
    await peer.event('open', { channel: openerName });
    const incoming = await other.until(`the channel “${label}” announced`, (events) =>
      events.find((e) => e.event === 'datachannel' && e.connection === this.name && e.attributes.label === label));
    await other.event('open', { channel: incoming.channel });
    const channel = new Channel(this, peer, openerName, incoming.channel, { ...attributes, ...incoming.attributes });
    channel.announced = incoming.attributes;
    return channel;
  }

  /// Both sides open a channel with the same id.
  async openNegotiated(label, options) {
    const name = `${this.name}/${++this.channelCount}`;
    for (const peer of [this.offerer, this.answerer])
      await peer.command('open', { connection: this.name, channel: name, label, options: { ...options, negotiated: true } });
    for (const peer of [this.offerer, this.answerer]) await peer.event('open', { channel: name });
    return new Channel(this, this.offerer, name, name, options);
  }

  /// The usual way: prepare, one channel before the offer, connect, and that channel open.
  async establish(label = 'first') {
    await this.prepare();
    const first = await this.open(this.offerer, label);
    await this.connect();
    return first.opened();
  }

  state(peer) {
    return peer.command('state', { connection: this.name });
  }

  /// All descriptions' lines and trickled candidates that `peer` sent, as candidate strings.
  candidatesFrom(peer) {
    return this.signals.filter((s) => s.from === peer).flatMap(({ message }) => {
      const sdp = (message.offer ?? message.answer)?.sdp;
      if (sdp) return [...sdp.matchAll(/^a=(candidate:.*?)\r?$/gm)].map((m) => m[1]);
      return message['new-ice-candidate'].candidate ? [message['new-ice-candidate'].candidate] : [];
    });
  }

  descriptionsFrom(peer) {
    const described = this.signals.filter((s) => s.from === peer && !s.message['new-ice-candidate']);
    return described.map(({ message }) => (message.offer ?? message.answer).sdp);
  }

  descriptionFrom(peer) {
    return this.descriptionsFrom(peer)[0];
  }

  /// What `peer` announced as a=max-message-size: 65536 when absent, Infinity for 0 (RFC 8841 section 6.1).
  announcedMaximum(peer) {
    const found = this.descriptionFrom(peer).match(/^a=max-message-size:(\d+)/m);
    return found ? Number(found[1]) || Infinity : 65536;
  }

  async end() {
    for (const peer of [this.offerer, this.answerer])
      if (peer.alive) await peer.command('close', { connection: this.name }).catch(() => {});
  }
}
