// browser.mjs chromium|firefox: a browser as a recorded peer. PARLEY_CHROMIUM and PARLEY_FIREFOX choose the program.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { launch } from '../peers/browser/launch.mjs';

const page = `<!doctype html><script type="module">
import { makeActor } from '/actor.mjs';
const makeTrack = (kind) => {
  if (kind === 'audio') return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  const canvas = document.createElement('canvas');
  canvas.getContext('2d').fillRect(0, 0, 8, 8);
  return canvas.captureStream().getVideoTracks()[0];
};
window.act = makeActor(RTCPeerConnection, { makeTrack, makeStream: () => new MediaStream() });
</script>`;

const server = http.createServer((request, response) => {
  const script = request.url.match(/^\/(\w+\.mjs)$/)?.[1];
  response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
  response.end(script ? fs.readFileSync(path.join(import.meta.dirname, script)) : page);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const name = process.argv[2];
const browser = await launch(name);
const tab = await browser.newPage();
tab.on('pageerror', (error) => console.error(`page error: ${error.message}`));
await tab.goto(`http://127.0.0.1:${server.address().port}/`);
await tab.waitForFunction(() => window.act);
const version = await tab.evaluate(() => navigator.userAgent.match(/(?:Chrome|Firefox)\/(\d+)/)[1]);
const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');
write({ event: 'ready', version: `${name}-${version}` });
for await (const line of readline.createInterface({ input: process.stdin }))
  write(await tab.evaluate((request) => window.act(request), JSON.parse(line)));
await browser.close();
process.exit(0);
