// A call, during which both sides change what they send: a browser sends a picture and a tone, parley sends them back. After each
// change what should flow flows, as a decoded picture, and what should not has stopped.
import assert from 'node:assert/strict';
import { Link } from '../lib/link.mjs';
import { recordings } from '../lib/recordings.mjs';

const frequency = 600;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Call {
  constructor({ offerer, answerer, note }) {
    [this.browser, this.echo] = offerer.stack.changesMedia ? [offerer, answerer] : [answerer, offerer];
    this.link = new Link(offerer, answerer);
    this.note = note;
  }

  alter(peer, change) {
    return peer.command('alter', { connection: this.link.name, change });
  }

  async watch() {
    const [played, echoed] = await Promise.all([this.browser, this.echo].map((peer) => peer.command('watch', { connection: this.link.name })));
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
  async flows(what, right = (state) => state.video?.right) {
    const start = Date.now();
    const before = await this.watch();
    const tone = (state) => Math.abs(state.audio?.frequency - frequency) < 25;
    await this.until(`flowing after ${what}`, (state) => right(state) && tone(state) && state.decoded >= before.decoded + 20 &&
      state.heard >= before.heard + 20);
    this.note(`${what}: flows after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }

  /// `count(state)` does not grow any more.
  async stops(what, count) {
    await pause(500);
    const before = count(await this.watch());
    await pause(700);
    assert.ok(count(await this.watch()) - before <= 1, `${what}: frames still come`);
  }

  async directions(wanted) {
    await this.until(`of the direction ${wanted}`, ({ directions, echoed }) => directions[1] === wanted && echoed.directions[1] === wanted);
  }
}

const decoded = (state) => state.decoded;
const received = (state) => state.echoed.video.frames;

async function mute(call) {
  const { browser, echo } = call;
  await call.alter(browser, { enabled: false });
  await call.until('black', ({ video }) => video.seen.every((colour) => colour.every((value) => value < 60)));
  await call.alter(browser, { enabled: true });
  await call.flows('the browser unmuted');
  await call.alter(echo, { enabled: false });
  await call.stops('parley muted', decoded);
  await call.alter(echo, { enabled: true });
  await call.flows('parley unmuted');
}

async function replace(call) {
  const { browser, echo } = call;
  await call.alter(browser, { track: 'none' });
  await call.stops('the browser sends no track', received);
  await call.alter(browser, { track: 'other' });
  await call.flows('the browser sent another track', ({ video }) => video.right && video.size[0] === video.size[1]);
  await call.alter(browser, { track: 'original' });
  await call.flows('the browser sent the first again', ({ video }) => video.right && video.size[0] > video.size[1]);
  await call.alter(echo, { track: 'none' });
  await call.stops('parley sends no track', decoded);
  await call.alter(echo, { track: 'other' });
  await call.flows('parley sent a recording', ({ video }) => video.size[0] === 66 && video.size[1] === 50);
  await call.alter(echo, { track: 'original' });
  await call.flows('parley sent back again', ({ video }) => video.right && video.size[0] > 66);
}

async function redirect(call, peer) {
  await call.alter(peer, { direction: 'inactive' });
  await call.link.renegotiate(peer);
  await call.directions('inactive');
  await call.stops(`${peer.name} made it inactive`, (state) => received(state) + decoded(state));
  await call.alter(peer, { direction: 'sendrecv' });
  await call.link.renegotiate(peer);
  await call.directions('sendrecv');
  await call.flows(`${peer.name} made it active again`);
}

async function remove(call) {
  const { browser, link } = call;
  await call.alter(browser, { remove: true });
  await link.renegotiate(browser);
  await call.stops('the browser removed its track', received);
  await call.alter(browser, { track: 'original' });
  await call.alter(browser, { direction: 'sendrecv' });
  await link.renegotiate(browser);
  await call.flows('the browser sent it again');
}

/// Media goes on over the old path until the new one is there.
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
  assert.ok(longest < 1500, 'media stood still');
  await call.flows(`${peer.name} restarted ICE`);
}

export async function call(context) {
  const peers = [context.offerer, context.answerer];
  if (!peers.some((peer) => peer.stack.changesMedia) || !peers.some((peer) => peer.stack.echoesMedia))
    return context.note('nobody changes media, or nobody sends it back');
  const here = new Call(context);
  const { link, browser, echo } = here;
  await link.prepare();
  const settings = { connection: link.name, codec: 'VP8', frequency, recordings, kinds: ['audio'] };
  await browser.command('media', settings);
  await echo.command('media', { ...settings, offer: echo === link.offerer });
  await link.connect();
  await here.until('heard', (state) => state.heard >= 20);
  await here.alter(browser, { add: true });
  await here.alter(echo, { add: echo === link.offerer });
  await link.renegotiate(link.offerer);
  await here.flows('video added');
  await mute(here);
  await replace(here);
  for (const peer of peers) await redirect(here, peer);
  await remove(here);
  for (const peer of peers) await restart(here, peer);
  await link.end();
}

call.hears = true;
