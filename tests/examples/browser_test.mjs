// browser_test.mjs CASE: Chromium runs a page of the examples against an example program. Its host candidates carry mDNS names,
// as everywhere.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import readline from 'node:readline';

const { chromium } = createRequire(path.join(process.env.PARLEY_INTEROP_MODULES, 'package.json'))('playwright-core');
const LIMIT = 60_000;

/// A program whose lines, on both streams, can be waited for.
class Program {
  constructor(name, ...args) {
    this.lines = [];
    this.watchers = new Set();
    this.process = spawn(path.join(process.env.PARLEY_EXAMPLES, name), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = once(this.process, 'exit').then(([code]) => code);
    for (const stream of [this.process.stdout, this.process.stderr])
      readline.createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        for (const watcher of [...this.watchers]) watcher();
      });
  }
  waitFor(pattern) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${pattern} in ${JSON.stringify(this.lines)}`)), LIMIT);
      const look = () => {
        const line = this.lines.find((each) => pattern.test(each));
        if (line === undefined) return;
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(line);
      };
      this.watchers.add(look);
      look();
    });
  }
  say(line) {
    this.process.stdin.write(line + '\n');
  }
  async finish() {
    this.process.stdin.end();
    return this.exited;
  }
}

async function withServer(program, use) {
  const server = new Program(program, '0');
  const url = (await server.waitFor(/http:/)).match(/http:\S+/)[0];
  await use(url, server);
  assert.equal(await server.finish(), 0);
}

const contains = (page, text) => page.waitForFunction((t) => document.body.innerText.includes(t), text, { timeout: LIMIT });

const cases = {
  page_calls_answer: (page) => withServer('signaling-server', async (url) => {
    const answer = new Program('answer', `${url.replace('http', 'ws')}signaling/room`);
    await page.goto(`${url}#call`);
    await contains(page, 'Peers connected!');
    await contains(page, 'hears: pong 3');
    assert.equal(await answer.exited, 0, answer.lines.join('\n'));
    assert.ok(answer.lines.includes('Peers connected!'));
    assert.ok(answer.lines.includes('hears: ping 3'));
  }),
  page_answers_offer: (page) => withServer('signaling-server', async (url) => {
    await page.goto(`${url}#answer`);
    const offer = new Program('offer', `${url.replace('http', 'ws')}signaling/room`);
    await contains(page, 'Peers connected!');
    await contains(page, 'hears: ping 3');
    assert.equal(await offer.exited, 0, offer.lines.join('\n'));
    assert.ok(offer.lines.includes('hears: pong 3'));
    await contains(page, 'closed');
  }),
  page_chats: (page) => withServer('chat', async (url, chat) => {
    await page.goto(url);
    await contains(page, 'Peers connected!');
    await contains(page, '> Hello from C++.');
    await page.fill('#text', 'hello from the page');
    await page.click('button');
    await chat.waitFor(/^> hello from the page$/);
    chat.say('hello from the terminal');
    await contains(page, '> hello from the terminal');
    const other = await page.context().newPage();
    await other.goto(url);
    await contains(other, '> Hello from C++. There are 2 of you.');
    await other.close();
    await page.fill('#text', 'still there');
    await page.click('button');
    await chat.waitFor(/^> still there$/);
  }),
};

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-examples-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.PARLEY_CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => console.log(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
  await cases[process.argv[2]](page);
  console.log(`${process.argv[2]}: passed`);
} finally {
  await context.close();
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
