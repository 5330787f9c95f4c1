// node.mjs wrtc|werift|datachannel FOLDER: a library of Node's, installed in FOLDER, as a recorded peer.
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { makeActor } from './actor.mjs';
import { makeDataChannelActor } from './datachannel.mjs';

const [kind, folder] = process.argv.slice(2);
const require = createRequire(path.join(folder, 'package.json'));

const libraries = {
  wrtc() {
    const wrtc = require('@roamhq/wrtc');
    const { RTCAudioSource, RTCVideoSource } = wrtc.nonstandard;
    const makeTrack = (of) => (of === 'audio' ? new RTCAudioSource() : new RTCVideoSource()).createTrack();
    return makeActor(wrtc.RTCPeerConnection, { makeTrack, makeStream: () => new wrtc.MediaStream() });
  },
  werift() {
    const werift = require('werift');
    const makeStream = () => new werift.MediaStream({ id: 'stream', tracks: [] });
    return makeActor(werift.RTCPeerConnection, { makeTrack: (of) => new werift.MediaStreamTrack({ kind: of }), makeStream });
  },
  datachannel: () => makeDataChannelActor(require('node-datachannel')),
};

const act = libraries[kind]();
const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');
write({ event: 'ready', version: path.basename(folder) });
for await (const line of readline.createInterface({ input: process.stdin })) write(await act(JSON.parse(line)));
process.exit(0);
