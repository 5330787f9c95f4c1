// ask.mjs ADDRESS PORT...: from one socket asks each port in turn "who am I?"; prints the answers as a line of JSON and then, until
// stdin ends, a line for every datagram that comes.
import dgram from 'node:dgram';

const [address, ...ports] = process.argv.slice(2);
const answers = [];
const socket = dgram.createSocket('udp4', (datagram) => {
  console.log(datagram.toString());
  answers.push(datagram);
  if (answers.length < ports.length) socket.send('who am I?', Number(ports[answers.length]), address);
});
socket.send('who am I?', Number(ports[0]), address);
process.stdin.on('end', () => process.exit(0)).resume();
