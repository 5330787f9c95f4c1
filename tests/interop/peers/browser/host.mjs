// What both browser peers share: the page is served from 127.0.0.1 (a secure context, so that crypto.subtle exists), commands
// from stdin go into the page, what the page reports goes to stdout.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { launch } from './launch.mjs';

const here = import.meta.dirname;

/// Serves the page's files, the lines of stdin as an event stream, and prints what the page posts: that is ten times faster
/// than a driver's calls.
function serve() {
  const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript' };
  const server = http.createServer((request, response) => {
    const name = path.basename(request.url);
    const file = path.join(here, name === 'acts.mjs' ? '../../record' : '', name);
    const type = types[path.extname(file)];
    if (request.url === '/commands') return stream(response);
    if (request.url === '/reports') return request.on('end', () => response.end()).pipe(process.stdout, { end: false });
    if (!type || !fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type }).end(fs.readFileSync(file));
  });
  const stream = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
    readline.createInterface({ input: process.stdin }).on('line', (line) => response.write(`data: ${line}\n\n`));
  };
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}/page.html`)));
}

/// Runs the browser of that name (launch.mjs) until stdin ends.
export async function host(name) {
  const browser = await launch(name);
  const page = await browser.newPage();
  page.on('console', (message) => console.error(`console: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
  await page.goto(await serve());
  await page.waitForFunction(() => window.ready);
  process.stdout.write(JSON.stringify({ event: 'ready', version: browser.version }) + '\n');
  await once(process.stdin, 'end');
  await browser.close();
  process.exit(0);
}
