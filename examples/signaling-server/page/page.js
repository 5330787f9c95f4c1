// What the user of the page sees and presses.
import { answerCall, makeCall } from './guide.js';
import { SignalingChannel } from './signaling.js';

const element = (id) => document.getElementById(id);
const log = (text) => element('log').append(`${text}\n`);

// Nothing goes wrong unseen.
addEventListener('error', ({ message }) => log(message));
addEventListener('unhandledrejection', ({ reason }) => log(reason));

const url = () => `ws://${location.host}/signaling/${element('room').value}`;

const busy = (is) => {
  for (const id of ['room', 'call', 'answer']) element(id).disabled = is;
};

function start(peer, words) {
  busy(true);
  log(words);
  const signalingChannel = new SignalingChannel(url());
  signalingChannel.addEventListener('message', ({ error }) => {
    if (!error) return;
    log(error);
    signalingChannel.close();
  });
  signalingChannel.addEventListener('close', () => {
    log('The signaling channel is closed.\n');
    busy(false);
  });
  peer(signalingChannel, log);
}

element('call').addEventListener('click', () => start(makeCall, 'calling …'));
element('answer').addEventListener('click', () => start(answerCall, 'waiting for a call …'));

const suggest = () => {
  element('program').textContent = `answer ${url()}   or   offer ${url()}`;
};
element('room').addEventListener('input', suggest);
suggest();
