// One side closes its connection: the other sees its channels close and its connection leave `connected`.
import { Link } from '../lib/link.mjs';

const gone = ['disconnected', 'failed', 'closed'];

// Which sign of life's end reaches the other side's channels: an SCTP ABORT or the DTLS close_notify alert.
const channelsCloseToo = (leaver, stayer) => !leaver.stack.leavesSilently && !(leaver.stack.leavesByAlertOnly && stayer.stack.needsAbort);

async function leave(link, leaver, note) {
  const stayer = link.opposite(leaver);
  const open = [await link.establish()];
  open.push(await (await link.open(stayer, 'of the one who stays')).opened());
  for (const channel of open) await channel.deliver(leaver, [{ text: 'hello' }]);
  const start = performance.now();
  const passed = () => `${Math.round(performance.now() - start)} ms`;
  await leaver.command('close', { connection: link.name });
  const signs = [stayer.until('the connection state leaves connected', (events) => events.find((e) =>
    e.event === 'state' && e.connection === link.name && e.name === 'connectionState' && gone.includes(e.value)), 60)
    .then((e) => note(`${stayer.name} saw connectionState ${e.value} after ${passed()}`))];
  if (channelsCloseToo(leaver, stayer))
    signs.push(...open.map((channel) => stayer.event('close', { channel: channel.nameAt(stayer) }, 10)
      .then(() => note(`${stayer.name} saw a channel close after ${passed()}`))));
  await Promise.all(signs);
  await link.end();
}

export async function goodbye({ offerer, answerer, note }) {
  await leave(new Link(offerer, answerer), offerer, note);
  await leave(new Link(offerer, answerer), answerer, note);
}
