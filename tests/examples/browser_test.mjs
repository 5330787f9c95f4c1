// browser_test.mjs BROWSER CASE: a browser, as its user has it, on the pages of the examples; programs and browser are on one
// computer. Start it with tests/interop/apart.sh. What has "camera" in its name gets the browser's fake one.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildComputer } from '../interop/lib/network.mjs';
import { launch } from '../interop/peers/browser/launch.mjs';
import { pitchOf } from '../interop/peers/browser/pitch.js';
import { watchCard } from './card.mjs';
import { filmOf, showsFilm } from './film.mjs';
import { LIMIT, Program, withServer } from './program.mjs';

/// Waits until the page shows `text` to its user.
async function shows(page, text) {
  const seen = await page.evaluate(({ text, limit }) => new Promise((resolve) => {
    const look = () => document.body.innerText.includes(text) && resolve(null);
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    setTimeout(() => resolve(document.body.innerText), limit);
    look();
  }), { text, limit: LIMIT });
  if (seen !== null) throw new Error(`the page does not show “${text}”, but:\n${seen}`);
}

/// Waits until the page shows pictures in these colours besides its own, and each has moved five times.
async function sees(page, colours) {
  const look = () => page.evaluate(() => [...document.querySelectorAll('figure video:not(#own)')].map((video) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 32, 18);
    const pixels = [...context.getImageData(0, 0, 32, 18).data];
    const levels = pixels.slice(0, 3); // the corner
    const clear = levels.filter((level) => level > 150).length === 1;
    return [clear ? ['red', 'lime', 'blue'][levels.indexOf(Math.max(...levels))] : 'none', pixels.reduce((sum, level, i) => sum + level * i, 0)];
  }));
  const end = Date.now() + LIMIT;
  const moved = new Map(colours.map((colour) => [colour, new Set()]));
  for (;;) {
    const seen = await look();
    for (const [colour, digest] of seen) moved.get(colour)?.add(digest);
    if (seen.length === colours.length && [...moved.values()].every((digests) => digests.size > 5)) return;
    if (Date.now() > end) throw new Error(`expected ${colours}, the page shows ${JSON.stringify(seen)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function write(page, text) {
  await page.type('#text', text);
  await page.click('button');
}

/// What the forwarder's page sends.
const choose = (page, size) => page.evaluate((chosen) => {
  const choice = document.getElementById('sizes');
  choice.value = chosen;
  choice.dispatchEvent(new Event('change'));
}, size);

async function inFolder(use) {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/// What FFmpeg decodes of a file, which must be without errors.
function decoded(file) {
  const probe = (kind, entry) => {
    const { stdout, stderr, status } = spawnSync('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', kind,
      '-show_entries', entry, '-of', 'csv=p=0', file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    return stdout;
  };
  const pictures = Number(probe('v', 'stream=nb_read_frames'));
  const sound = probe('a', 'frame=nb_samples').split('\n').reduce((sum, line) => sum + (parseInt(line) || 0), 0);
  return { pictures, seconds: sound / 48000 };
}

/// Runs in a page: the guide's caller or callee, who sends candidates by one name and reads them by the other. Only the channel to
/// talk on is not the guide's.
async function asInTheGuide({ url, caller }) {
  const { SignalingChannel } = await import(new URL('signaling.js', location.href).href);
  const say = (text) => document.body.append(`${text}\n`);
  const signalingChannel = new SignalingChannel(url);
  const peerConnection = new RTCPeerConnection({ iceServers: [] });
  peerConnection.addEventListener('icecandidate', (event) => {
    if (event.candidate) signalingChannel.send({ 'new-ice-candidate': event.candidate });
  });
  signalingChannel.addEventListener('message', async (message) => {
    if (!message.iceCandidate) return;
    try {
      await peerConnection.addIceCandidate(message.iceCandidate);
      say('a candidate has been added');
    } catch (error) {
      say(`Error adding received ice candidate: ${error}`);
    }
  });
  peerConnection.addEventListener('connectionstatechange', () => {
    if (peerConnection.connectionState === 'connected') say('Peers connected!');
  });
  if (caller) {
    signalingChannel.addEventListener('message', async (message) => {
      if (message.answer) await peerConnection.setRemoteDescription(new RTCSessionDescription(message.answer));
    });
    const channel = peerConnection.createDataChannel('ping-pong');
    channel.addEventListener('open', () => channel.send('ping'));
    channel.addEventListener('message', ({ data }) => {
      say(`hears: ${data}`);
      peerConnection.close();
    });
    const offer = await peerConnection.createOffer();
    await peerConnection.setLocalDescription(offer);
    signalingChannel.send({ offer });
  } else {
    peerConnection.addEventListener('datachannel', ({ channel }) => {
      channel.addEventListener('message', ({ data }) => channel.send(data.replace('ping', 'pong')));
    });
    signalingChannel.addEventListener('message', async (message) => {
      if (!message.offer) return;
      peerConnection.setRemoteDescription(new RTCSessionDescription(message.offer));
      const answer = await peerConnection.createAnswer();
      await peerConnection.setLocalDescription(answer);
      signalingChannel.send({ answer });
    });
  }
}

async function has(program, lines) {
  assert.equal(await program.exited, 0, program.lines.join('\n'));
  for (const line of lines) assert.ok(program.lines.includes(line), `${line} is not in ${program.lines.join('\n')}`);
}

const cases = {
  calls_answer: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const answer = new Program('answer', `${signaling}room`);
    const page = await open(url);
    await page.click('#call');
    await shows(page, 'Peers connected!');
    await shows(page, 'hears: pong 3');
    await has(answer, ['offer received', 'answer sent', 'Peers connected!', 'hears: ping 3', 'done']);
  }),

  answers_offer: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const page = await open(url);
    await page.click('#answer');
    const offer = new Program('offer', `${signaling}room`);
    await shows(page, 'Peers connected!');
    await shows(page, 'hears: ping 3');
    await has(offer, ['offer sent', 'answer received', 'Peers connected!', 'hears: pong 3', 'done']);
    await shows(page, 'done');
  }),

  guide_calls_answer: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const answer = new Program('answer', `${signaling}room`);
    const page = await open(url);
    await page.evaluate(asInTheGuide, { url: `${signaling}room`, caller: true });
    for (const line of ['a candidate has been added', 'Peers connected!', 'hears: pong']) await shows(page, line);
    await has(answer, ['offer received', 'answer sent', 'Peers connected!', 'hears: ping', 'done']);
    for (const text of [answer.lines.join('\n'), await page.evaluate(() => document.body.innerText)]) assert.doesNotMatch(text, /error/i);
  }),

  guide_answers_offer: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const page = await open(url);
    await page.evaluate(asInTheGuide, { url: `${signaling}room`, caller: false });
    const offer = new Program('offer', `${signaling}room`);
    for (const line of ['a candidate has been added', 'Peers connected!']) await shows(page, line);
    await has(offer, ['offer sent', 'answer received', 'Peers connected!', 'hears: pong 3', 'done']);
    for (const text of [offer.lines.join('\n'), await page.evaluate(() => document.body.innerText)]) assert.doesNotMatch(text, /error/i);
  }),

  answers_a_second_offer: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const page = await open(url);
    for (const round of [1, 2]) {
      await page.click('#answer');
      await has(new Program('offer', `${signaling}room`), ['hears: pong 3', 'done']);
      await page.waitForFunction(() => !document.getElementById('answer').disabled);
      assert.equal(await page.evaluate(() => document.body.innerText.match(/Peers connected!/g).length), round);
    }
  }),

  calls_another_page: ({ open }) => withServer('signaling-server', async (url) => {
    const [callee, caller] = [await open(url), await open(url)];
    await callee.click('#answer');
    await caller.click('#call');
    await shows(caller, 'hears: pong 3');
    await shows(callee, 'done');
  }),

  room_is_full: ({ open }) => withServer('signaling-server', async (url) => {
    const pages = [await open(url), await open(url), await open(url)];
    for (const page of pages) await page.click('#answer');
    await Promise.any(pages.map((page) => shows(page, 'Two peers are at /signaling/room already.')));
  }),

  chats: ({ open }) => withServer('chat', async (url, signaling, chat) => {
    const page = await open(url);
    await shows(page, 'Peers connected!');
    await shows(page, 'You are alone here with me.');
    await write(page, 'hello from the page');
    await chat.waitFor(/^> hello from the page$/);
    chat.say('hello from the terminal');
    await shows(page, 'hello from the terminal');
    const other = await open(url);
    await shows(other, 'You are 2 visitors now.');
    await write(other, 'hello from the other page');
    await shows(page, 'hello from the other page');
    await other.close();
    await write(page, 'still there');
    await chat.waitFor(/^> still there$/);
    if (process.env.PARLEY_SCREENSHOT) await page.screenshot({ path: process.env.PARLEY_SCREENSHOT });
    await chat.finish();
    await shows(page, 'The program has left.');
  }),

  mirrors: ({ open }) => withServer('mirror', async (url, signaling, mirror) => {
    const page = await open(url);
    await mirror.waitFor(/^a visitor's video$/);
    await shows(page, 'It works: 480×360 came back.');
    if (process.env.PARLEY_SCREENSHOT) await page.screenshot({ path: process.env.PARLEY_SCREENSHOT });
    await mirror.finish();
    await shows(page, 'The program has left.');
  }),

  /// Each sees the others by their colours, in pictures that move; one leaves and comes again.
  forwards: ({ open }) => withServer('forwarder', async (url, signaling, forwarder) => {
    const colours = ['red', 'lime', 'blue'];
    const pages = [];
    for (const colour of colours) pages.push(await open(`${url}#${colour}`));
    const meet = async () => {
      for (const [index, page] of pages.entries()) {
        await shows(page, '2 others are here.');
        await sees(page, colours.filter((_, i) => i !== index));
      }
    };
    await meet();
    await pages[2].close();
    for (const index of [0, 1]) {
      await shows(pages[index], 'One other is here.');
      await sees(pages[index], [colours[1 - index]]);
    }
    pages[2] = await open(`${url}#${colours[2]}`);
    await meet();
    // What a page sends in one size only, the others get in that size.
    for (const [value, size] of [['h', '640×360'], ['l', '320×180']]) {
      await choose(pages[1], value);
      await forwarder.waitFor(new RegExp(`^visitor 1 is to get visitor 2 in size ${value}$`));
      await shows(pages[0], size);
      await sees(pages[0], ['lime', 'blue']);
    }
    if (process.env.PARLEY_SCREENSHOT) await pages[0].screenshot({ path: process.env.PARLEY_SCREENSHOT });
    await forwarder.finish();
    await shows(pages[0], 'The program has left.');
  }),

  /// As `forwards`, with pages of two browsers.
  forwards_between_browsers: ({ open }) => withServer('forwarder', async (url, signaling, forwarder) => {
    const colours = ['red', 'lime', 'blue'];
    const pages = [];
    for (const [i, browser] of ['firefox', 'chromium', 'chromium'].entries()) pages.push(await open(`${url}#${colours[i]}`, browser));
    const meet = async () => {
      for (const [index, page] of pages.entries()) {
        await shows(page, '2 others are here.');
        await sees(page, colours.filter((_, i) => i !== index));
      }
    };
    await meet();
    for (const sender of [0, 1])
      for (const [value, size] of [['h', '640×360'], ['l', '320×180']]) {
        await choose(pages[sender], value);
        await forwarder.waitFor(new RegExp(`^visitor ${2 - sender} is to get visitor ${1 + sender} in size ${value}$`));
        await shows(pages[1 - sender], size);
        await sees(pages[1 - sender], colours.filter((_, i) => i !== 1 - sender));
      }
    await pages[0].reload(); // who was there first leaves and comes again
    await meet();
  }),

  plays: ({ open }) => withServer('play', async (url, signaling, play) => {
    assert.ok(play.lines.some((line) => line.endsWith('has video/VP8')));
    const page = await open(url);
    await shows(page, 'It plays: a picture, sound. It is 160×120.');
    // Who comes later sees it, too.
    await shows(await open(url), 'It plays: a picture, sound. It is 160×120.');
    if (process.env.PARLEY_SCREENSHOT) await page.screenshot({ path: process.env.PARLEY_SCREENSHOT });
    await play.finish();
    await shows(page, 'The program has left.');
  }, path.join(process.env.PARLEY_TEST_DATA, 'av', 'vp8-opus.webm')),

  /// Films in every codec that the browser has: the picture has its colours where they belong, and moves, and the tone its pitch.
  plays_every_codec: ({ open }) => inFolder(async (folder) => {
    for (const codec of ['VP8', 'VP9', 'H264', 'AV1'])
      await withServer('play', async (url) => {
        const page = await open(url);
        const known = await page.evaluate(() => RTCRtpReceiver.getCapabilities('video').codecs.map(({ mimeType }) => mimeType));
        if (known.includes(`video/${codec}`)) {
          await shows(page, 'It plays: a picture, sound. It is 320×240.');
          console.log(`${codec}: ${JSON.stringify(await showsFilm(page, codec))}`);
        } else {
          assert.equal(codec, 'H264', 'every browser has the others');
        }
        await page.close();
      }, filmOf(codec, folder));
  }),

  /// What the program has drawn, hummed and encoded itself.
  shows_the_card: ({ open }) => withServer('signaling-server', async (url, signaling) => {
    const page = await open(url);
    await page.evaluate(`window.pitchOf = ${pitchOf}`);
    const watched = page.evaluate(watchCard, `${signaling}room`);
    const card = new Program('send-card', `${signaling}room`);
    const { right, wrong, places, pitch, sent, decoded } = await watched;
    await card.waitFor(/is told: /);
    console.log(`of ${sent} pictures ${decoded} were decoded; ${right} looks were right, ${wrong} wrong; ${pitch} Hz`);
    assert.ok(decoded >= sent - 3, 'pictures are missing');
    assert.ok(right >= 20 && wrong <= 2 && places >= 10, 'the picture is not what was drawn');
    assert.ok(Math.abs(pitch - 440) < 15, 'the tone is not what was hummed');
    assert.equal(await card.exited, 0);
  }),

  records: ({ open }) => inFolder(async (folder) => {
    for (const extension of ['webm', 'mp4'])
      await withServer('record', async (url, signaling, record) => {
        const page = await open(url);
        await shows(page, 'Recording: 2 s, ');
        if (process.env.PARLEY_SCREENSHOT) await page.screenshot({ path: process.env.PARLEY_SCREENSHOT });
        await page.click('#stop');
        await record.waitFor(/-1\.\w+ has [2-9]\./);
        // The second visitor closes the page.
        const second = await open(url);
        await shows(second, 'Recording: 1 s, ');
        await second.close();
        await record.waitFor(/-2\.\w+ has [1-9]\./);
        // The third one stays until the program is told to end.
        await shows(await open(url), 'Recording: 1 s, ');
        record.process.kill(extension === 'webm' ? 'SIGINT' : 'SIGTERM');
        assert.equal(await record.exited, 0);
        await record.waitFor(/-3\.\w+ has [1-9]\./);
      }, path.join(folder, `call.${extension}`));
    for (const file of ['webm', 'mp4'].flatMap((extension) => [1, 2, 3].map((number) => `call-${number}.${extension}`))) {
      const { pictures, seconds } = decoded(path.join(folder, file));
      assert.ok(pictures >= 10, `${file} has ${pictures} pictures`);
      assert.ok(seconds >= 0.8, `${file} has ${seconds} seconds of sound`);
    }
  }),

  /// The page is there and its WebSocket open, but nothing comes any more.
  records_until_the_network_is_gone: ({ open }) => inFolder(async (folder) => {
    await withServer('record', async (url, signaling, record) => {
      const page = await open(url);
      await shows(page, 'Recording: 1 s, ');
      execFileSync('nft', ['-f', '-'], { input: 'table inet gone { chain media { type filter hook input priority 0; meta l4proto udp drop; }; }' });
      await record.waitFor(/-1\.webm has [1-9]/);
      const { pictures, seconds } = decoded(path.join(folder, 'call-1.webm'));
      assert.ok(pictures >= 10 && seconds >= 0.8, `${pictures} pictures, ${seconds} seconds of sound`);
    }, path.join(folder, 'call.webm'));
  }),

  /// What the browser's own camera sends is recorded, picture by picture, and can be decoded.
  records_the_camera: ({ open }) => inFolder(async (folder) => {
    for (const extension of ['webm', 'mp4'])
      await withServer('record', async (url, signaling, record) => {
        const page = await open(url);
        await shows(page, 'Recording: 5 s, ');
        await page.click('#stop');
        await shows(page, 'Stopped after ');
        const sent = Number(await page.evaluate(() => document.body.innerText.match(/Stopped after (\d+) pictures/)[1]));
        const told = await record.waitFor(/-1\.\w+ has /);
        const written = Number(told.match(/(\d+) frames of video/)[1]);
        const { pictures, seconds } = decoded(path.join(folder, `camera-1.${extension}`));
        console.log(`${told}; the browser has sent ${sent} pictures, FFmpeg decodes ${pictures} and ${seconds} s of sound`);
        assert.ok(sent > 60, 'the camera gives little');
        assert.ok(Math.abs(written - sent) <= 4, 'pictures are missing'); // but some that were on their way
        assert.equal(pictures, written);
        const duration = Number(told.match(/has ([\d.]+) s/)[1]);
        assert.ok(Math.abs(seconds - duration) < 0.7, 'sound is missing');
      }, path.join(folder, `camera.${extension}`));
  }),

  negotiates: ({ open }) => withServer('negotiation', async (url, signaling, program) => {
    const page = await open(url);
    await shows(page, 'Peers connected!');
    await program.waitFor(/^hears: hello from the page$/);
    await Promise.all([page.click('#video'), program.say('video'), program.say('channel')]);
    await shows(page, 'The program says hello.');
    await shows(page, 'video sendrecv'); // whoever was first, the other one's track joins in the same section
    program.say('restart');
    await page.click('#channel');
    await program.waitFor(/^the other side sends video$/);
    await program.finish();
    await shows(page, 'The program has left.');
  }),

  offline_tells_why: ({ open }) => withServer('signaling-server', async (url) => {
    const page = await open(url);
    await page.click('#call');
    await shows(page, 'This browser has found no address of this computer.');
    await withServer('chat', async (chat) => shows(await open(chat), 'This browser has found no address of this computer.'));
  }),
};

const [name, test] = process.argv.slice(2);
const offline = test.startsWith('offline');
if (test.includes('camera')) process.env.PARLEY_FAKE_CAMERA = 'yes';
buildComputer({ offline });
const browsers = new Map();
const complaints = [];
async function open(url, browser = name) {
  if (!browsers.has(browser)) browsers.set(browser, await launch(browser));
  const page = await browsers.get(browser).newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return page;
}
await cases[test]({ open });
if (!offline) assert.deepEqual(complaints, []); // the browser itself may complain as well
for (const browser of browsers.values()) await browser.close();
console.log(`${name} ${test}: passed`);
process.exit(0);
