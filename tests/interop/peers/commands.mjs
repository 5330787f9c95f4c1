// The protocol of ../README.md for peers that are programs of Node: a line in is a command, a line out is an event.
import readline from 'node:readline';

export const emit = (event, fields) => process.stdout.write(JSON.stringify({ event, ...fields }) + '\n');

async function execute(commands, { id, command, ...fields }) {
  try {
    emit('reply', { id, result: (await commands[command](fields)) ?? null });
  } catch (e) {
    emit('reply', { id, error: { name: e?.name ?? 'Error', message: e?.message ?? String(e) } });
  }
}

/// Until there are no more lines. Commands may run at the same time.
export async function serve(commands, version) {
  emit('ready', { version });
  for await (const line of readline.createInterface({ input: process.stdin })) execute(commands, JSON.parse(line));
}
