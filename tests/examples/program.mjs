// An example program, whose lines on both streams can be waited for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';

export const LIMIT = 60_000;

export class Program {
  constructor(name, ...args) {
    this.lines = [];
    this.watchers = new Set();
    this.process = spawn(path.join(process.env.PARLEY_EXAMPLES, name), args);
    this.exited = once(this.process, 'close').then(([code]) => code);
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

  /// Its exit code; it is given the end of its input, and Ctrl-C if that is what it waits for.
  finish() {
    this.process.stdin.end();
    if (this.lines.some((line) => line.includes('Ctrl-C ends'))) this.process.kill('SIGINT');
    return this.exited;
  }
}

/// A program that serves a page; `args` come before its port. `use` gets the page's URL, what a room's signaling URL begins
/// with, and the program.
export async function withServer(name, use, ...args) {
  const server = new Program(name, ...args, '0');
  const page = (await server.waitFor(/http:/)).match(/http:\S+/)[0];
  await use(page, `${page.replace('http', 'ws')}signaling/`, server);
  if ((await server.finish()) !== 0) throw new Error(`${name} failed: ${server.lines.join('\n')}`);
}
