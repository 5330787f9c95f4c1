// A call, during which both sides change what they send: a peer sends a picture and a tone, parley sends them back. After each change
// what should flow flows, as a decoded picture (from pion, which decodes nothing, the frames that it has sent), and what should not
// has stopped.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { recordings } from '../lib/recordings.mjs';

const frequency = 600;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Call {
  constructor({ offerer, answerer, note }) {
    [this.source, this.echo] = offerer.stack.changesMedia ? [offerer, answerer] : [answerer, offerer];
    this.link = new Link(offerer, answerer);
    this.note = note;
    this.decodes = !this.source.stack.comparesMedia;
  }

  /// Whether the source is able to do that; if not, why is noted.
  can(change) {
    const reason = this.source.stack.cannotChange?.[change];
    if (reason) this.note(`not ${change}: ${reason}`);
    return !reason;
  }

  /// Those who may offer during the call.
  get offerers() {
    const { offerer, answerer } = this.link;
    return answerer.stack.renumbers ? [offerer] : [offerer, answerer];
  }

  alter(peer, change) {
    return peer.command('alter', { connection: this.link.name, change });
  }

  async watch() {
    const [played, echoed] = await Promise.all([this.source, this.echo].map((peer) => peer.command('watch', { connection: this.link.name })));
    return { ...played, decoded: played.received?.framesDecoded ?? 0, heard: played.heard?.packetsReceived ?? 0, echoed };
  }

  async until(what, good, seconds = 30) {
    const end = Date.now() + seconds * 1000;
    let state;
    do {
      state = await this.watch();
      if (good(state)) return state;
      await pause(100);
    } while (Date.now() < end);
    return assert.fail(`not ${what}: ${JSON.stringify(state)}`);
  }

  /// The picture is right, and it and the tone go on.
  async flows(what, right = ({ video }) => video?.right) {
    const start = Date.now();
    const before = await this.watch();
    const known = (state) => ['video', 'heard'].every((which) => state[which].unknown === before[which].unknown);
    const played = (state) => right(state) && Math.abs(state.audio?.frequency - frequency) < 25;
    await this.until(`flowing after ${what}`, (state) => (this.decodes ? played(state) : known(state)) &&
      state.decoded >= before.decoded + 20 && state.heard >= before.heard + 20);
    this.note(`${what}: flows after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }

  /// `count(state)` does not grow any more.
  async stops(what, count) {
    await pause(500);
    const before = count(await this.watch());
    await pause(700);
    assert.ok(count(await this.watch()) - before <= 1, `${what}: frames still come`);
  }

  /// Of the picture, as parley sees it.
  async direction(wanted) {
    const mirrored = { sendonly: 'recvonly', recvonly: 'sendonly' }[wanted] ?? wanted;
    await this.until(`of the direction ${wanted}`, ({ directions, echoed }) => directions[1] === mirrored && echoed.directions[1] === wanted);
  }
}

const decoded = (state) => state.decoded;
const received = (state) => state.echoed.video.frames;

async function mute(call) {
  const { source, echo } = call;
  if (call.can('enabled')) {
    await call.alter(source, { enabled: false });
    await call.until('black', ({ video }) => video.seen.every((colour) => colour.every((value) => value < 60)));
    await call.alter(source, { enabled: true });
    await call.flows(`${source.name} unmuted`);
  }
  await call.alter(echo, { enabled: false });
  await call.stops('parley muted', decoded);
  await call.alter(echo, { enabled: true });
  await call.flows('parley unmuted');
}

async function replace(call) {
  const { source, echo } = call;
  await call.alter(source, { track: 'none' });
  await call.stops(`${source.name} sends no track`, received);
  await call.alter(source, { track: 'other' });
  await call.flows(`${source.name} sent another track`, ({ video }) => video.right && video.size[0] === video.size[1]);
  await call.alter(source, { track: 'original' });
  await call.flows(`${source.name} sent the first again`, ({ video }) => video.right && video.size[0] > video.size[1]);
  await call.alter(echo, { track: 'none' });
  await call.stops('parley sends no track', decoded);
  await call.alter(echo, { track: 'other' });
  await call.flows('parley sent a recording', ({ video }) => video.size[0] === 66 && video.size[1] === 50);
  await call.alter(echo, { track: 'original' });
  await call.flows('parley sent back again', ({ video }) => video.right && video.size[0] > 66);
}

async function redirect(call, peer) {
  const stopped = call.source.stack.stopsInactive ? 'recvonly' : 'inactive';
  await call.alter(peer, { direction: stopped });
  await call.link.renegotiate(peer);
  await call.direction(stopped);
  await call.stops(`${peer.name} made it ${stopped}`, (state) => (stopped === 'inactive' ? received(state) : 0) + decoded(state));
  await call.alter(peer, { direction: 'sendrecv' });
  await call.link.renegotiate(peer);
  await call.direction('sendrecv');
  await call.flows(`${peer.name} made it active again`);
}

async function remove(call) {
  const { source, link } = call;
  await call.alter(source, { remove: true });
  await link.renegotiate(source);
  await call.stops(`${source.name} removed its track`, received);
  if (call.can('direction')) {
    await call.alter(source, { track: 'original' });
    await call.alter(source, { direction: 'sendrecv' });
  } else {
    await call.alter(source, { add: true });
  }
  await link.renegotiate(source);
  await call.flows(`${source.name} sent it again`);
}

/// Media goes on over the old path until both sides have the new one: Chromium takes up to two seconds for that if it is
/// controlled.
async function restart(call, peer) {
  await call.alter(peer, { restart: true });
  const before = call.link.descriptionsFrom(peer).length;
  const negotiated = call.link.renegotiate(peer);
  let longest = 0;
  for (let last = decoded(await call.watch()), since = Date.now(), end = since + 3000; Date.now() < end; await pause(50)) {
    const now = decoded(await call.watch());
    if (now !== last) since = Date.now(); // Firefox begins to count anew
    last = now;
    longest = Math.max(longest, Date.now() - since);
  }
  await negotiated;
  const [old, restarted] = [before - 1, before].map((i) => call.link.descriptionsFrom(peer)[i].match(/a=ice-ufrag:(\S+)/)[1]);
  assert.notEqual(restarted, old);
  call.note(`ICE restart from ${peer.name}: the longest pause was ${longest} ms`);
  assert.ok(longest < 1000, 'media stood still');
  await call.flows(`${peer.name} restarted ICE`);
}

export async function call(context) {
  const peers = [context.offerer, context.answerer];
  if (!peers.some((peer) => peer.stack.changesMedia) || !peers.some((peer) => peer.stack.echoesMedia))
    return context.note('nobody changes media, or nobody sends it back');
  const here = new Call(context);
  const { link, source, echo } = here;
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency, recordings, kinds: ['audio'] };
  await source.command('media', { ...settings, offer: source === link.offerer });
  await echo.command('media', { ...settings, offer: echo === link.offerer });
  await link.connect();
  await here.until('heard', (state) => state.heard >= 20);
  await here.alter(source, { add: true });
  await here.alter(echo, { add: echo === link.offerer });
  await link.renegotiate(link.offerer);
  await here.flows('video added');
  await mute(here);
  await replace(here);
  for (const peer of here.offerers)
    if (peer === echo || here.can('direction')) await redirect(here, peer);
  if (here.can('remove')) await remove(here);
  for (const peer of here.can('restart') ? here.offerers : []) await restart(here, peer);
  await link.end();
}

call.hears = true;
