// One peer program: a child process that speaks one JSON object per line (README.md, "The protocol").
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { on } from './network.mjs';

export class CommandError extends Error {
  constructor(peer, command, error) {
    super(`${peer}: ${command} failed with ${error.name}: ${error.message}`);
    this.name = error.name;
  }
}

export class Peer {
  /// `stack` is a row of stacks.mjs; `machine` the network namespace to live in.
  constructor(stack, machine, transcript) {
    Object.assign(this, { stack, machine, transcript, name: `${stack.name}@${machine}` });
    this.events = [];
    this.watchers = new Set();
    this.replies = new Map();
    this.signalHandlers = new Map(); // connection name -> function(message)
    this.nextId = 0;
    const [program, ...args] = on(machine, stack.command);
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...stack.environment } });
    this.process.stdin.on('error', () => {}); // a dead child is noticed by its exit
    this.exited = new Promise((done) => this.process.on('exit', (code, signal) => done(this.#ended(signal ?? code))));
    readline.createInterface({ input: this.process.stdout }).on('line', (line) => this.#receive(line));
    readline.createInterface({ input: this.process.stderr }).on('line', (line) => this.transcript.note(`${this.name} stderr: ${line}`));
  }

  get alive() {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  #ended(how) {
    this.transcript.note(`${this.name} ended (${how})`);
    for (const { reject } of this.replies.values()) reject(new Error(`${this.name} ended (${how})`));
    this.replies.clear();
    this.#wake();
  }

  #wake() {
    for (const watcher of [...this.watchers]) watcher();
  }

  #receive(line) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return this.transcript.note(`${this.name} said no JSON: ${line}`);
    }
    this.transcript.message(`${this.name} →`, message);
    if (message.event === 'reply') {
      const pending = this.replies.get(message.id);
      this.replies.delete(message.id);
      if (message.error) pending?.reject(new CommandError(this.name, pending.command, message.error));
      else pending?.resolve(message.result);
      return;
    }
    if (message.event === 'signal') this.signalHandlers.get(message.connection)?.(message.message);
    this.notice(message);
  }

  /// Records an event: the program's, or one the runner has to add.
  notice(event) {
    this.events.push(event);
    this.#wake();
  }

  /// Sends a command; resolves with its result, rejects with its CommandError or after `seconds`.
  command(command, fields, seconds = 30) {
    const id = ++this.nextId;
    const request = { id, command, ...fields };
    this.transcript.message(`${this.name} ←`, request);
    if (!this.alive) return Promise.reject(new Error(`${this.name} is not running`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.replies.delete(id) && reject(new Error(`${this.name}: no reply to ${command} in ${seconds} s`)), seconds * 1000);
      const settle = (f) => (value) => { clearTimeout(timer); f(value); };
      this.replies.set(id, { command, resolve: settle(resolve), reject: settle(reject) });
      this.process.stdin.write(JSON.stringify(request) + '\n');
    });
  }

  /// Waits until `test(events)` returns something other than false or undefined, and returns that.
  until(what, test, seconds = 20) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => { clearTimeout(timer); this.watchers.delete(look); settle(value); };
      const look = () => {
        let found;
        try {
          found = test(this.events);
        } catch (e) {
          return finish(reject, e);
        }
        if (found !== undefined && found !== false) finish(resolve, found);
        else if (!this.alive) finish(reject, new Error(`${this.name} ended while waiting for: ${what}`));
      };
      const timer = setTimeout(() => finish(reject, new Error(`${this.name}: not within ${seconds} s: ${what}`)), seconds * 1000);
      this.watchers.add(look);
      look();
    });
  }

  /// Waits for an event whose fields equal `fields`.
  event(event, fields, seconds) {
    const wanted = { event, ...fields };
    const matches = (e) => Object.entries(wanted).every(([key, value]) => e[key] === value);
    return this.until(JSON.stringify(wanted), (events) => events.find(matches), seconds);
  }

  ready() {
    return this.event('ready', {}, 120);
  }

  /// Ends the program: first by closing its stdin, then, if it does not go within 10 s, by SIGKILL.
  async stop() {
    if (!this.alive) return;
    this.process.stdin.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await this.exited;
    clearTimeout(timer);
  }
}
