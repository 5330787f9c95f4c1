// Films of a test picture, and whether a page that plays one shows it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pitchOf } from '../interop/peers/browser/pitch.js';
import { LIMIT } from './program.mjs';

const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]; // of the quarters, left to right, top to bottom
const frequency = 600;

const encoders = {
  VP8: { extension: 'webm', words: '-c:v libvpx -deadline realtime -cpu-used 8' },
  VP9: { extension: 'webm', words: '-c:v libvpx-vp9 -deadline realtime -cpu-used 8' },
  H264: { extension: 'mp4', words: '-c:v libx264 -profile:v baseline -preset veryfast' },
  AV1: { extension: 'mp4', words: '-c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0' },
};

/// The path of a film of six seconds, with a key frame every second: quarters in four colours, a stripe that moves, and a tone.
export function filmOf(codec, folder) {
  const { extension, words } = encoders[codec];
  const file = path.join(folder, `${codec}.${extension}`);
  const quarters = ['red', 'lime', 'blue', 'white'].map((colour, i) => `color=${colour}:s=160x120:r=25[q${i}]`).join(';');
  const stripe = "color=black:s=40x8:r=25[stripe];[whole][stripe]overlay=x='mod(t*100,280)':y=116";
  const picture = `${quarters};[q0][q1]hstack[top];[q2][q3]hstack[bottom];[top][bottom]vstack[whole];${stripe}[out0];sine=f=${frequency}:r=48000[out1]`;
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, '-t', '6', ...words.split(' '),
    ...'-b:v 500k -g 25 -pix_fmt yuv420p -c:a libopus -b:a 64k'.split(' '), file], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}

/// In the page: what its film shows now.
function look(colours) {
  const film = document.getElementById('film');
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(film, 0, 0, 320, 240);
  const seen = colours.map((_, i) => [...context.getImageData((i % 2 + 0.5) * 160, (Math.floor(i / 2) + 0.3) * 120, 1, 1).data].slice(0, 3));
  const row = context.getImageData(0, 120, 320, 1).data;
  const stripe = Array.from({ length: 320 }, (_, x) => x).findIndex((x) => [0, 1, 2].every((c) => row[4 * x + c] < 60)); // where it begins
  return { seen, stripe };
}

/// Waits until the page shows the film's picture, which then stays right for two seconds, and hears its tone.
export async function showsFilm(page, codec) {
  const now = () => page.evaluate(look, colours);
  const right = ({ seen }) => colours.every((colour, i) => colour.every((value, c) => Math.abs(value - seen[i][c]) < 60));
  let state = await now();
  for (const end = Date.now() + LIMIT; !right(state) && Date.now() < end; state = await now()) await new Promise((done) => setTimeout(done, 100));
  assert.ok(right(state), `${codec} is not played as it is: ${JSON.stringify(state)}`);
  const stripes = new Set();
  for (const end = Date.now() + 2000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    state = await now();
    assert.ok(right(state), `${codec} does not stay as it is: ${JSON.stringify(state)}`);
    stripes.add(state.stripe);
  }
  assert.ok(stripes.size > 5, `${codec} does not move`);
  await page.evaluate(`window.pitchOf = ${pitchOf}`);
  const pitch = await page.evaluate(() => window.pitchOf(document.getElementById('film').srcObject.getAudioTracks()[0], 1500));
  assert.ok(Math.abs(pitch - frequency) < 15, `the tone beside ${codec} has ${pitch} Hz`);
  return { ...state, stripes: stripes.size, pitch };
}
