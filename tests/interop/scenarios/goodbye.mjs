// One side closes its connection: the other sees its channels close and its connection leave `connected`.
import { Link } from '../lib/link.mjs';

const gone = ['disconnected', 'failed', 'closed'];

async function leave(link, leaver, note) {
  const stayer = link.opposite(leaver);
  const open = [await link.establish()];
  open.push(await (await link.open(stayer, 'of the one who stays')).opened());
  for (const channel of open) await channel.deliver(leaver, [{ text: 'hello' }]);
  const start = performance.now();
  const passed = () => `${Math.round(performance.now() - start)} ms`;
  await leaver.command('close', { connection: link.name });
  const closes = open.map((channel) => stayer.event('close', { channel: channel.nameAt(stayer) }, 60)
    .then(() => note(`${stayer.name} saw a channel close after ${passed()}`)));
  const state = stayer.until('the connection state leaves connected', (events) => events.find((e) =>
    e.event === 'state' && e.connection === link.name && e.name === 'connectionState' && gone.includes(e.value)), 60)
    .then((e) => note(`${stayer.name} saw connectionState ${e.value} after ${passed()}`));
  await Promise.all([...closes, state]);
  await link.end();
}

export async function goodbye({ offerer, answerer, note }) {
  await leave(new Link(offerer, answerer), offerer, note);
  await leave(new Link(offerer, answerer), answerer, note);
}
