// The peers, and what each can and cannot do. A limit stands here only with its reason; README.md tells more.
import path from 'node:path';

const here = path.join(import.meta.dirname, '..', 'peers');

const browser = {
  negotiatesPerfectly: true, // sets an offer while there is one of its own
  countsCollisions: true, // runs the specification's code
  sendsMedia: true, // a picture and a tone, and plays what comes back
  changesMedia: true, // during a call
  sendsLayers: true, // a picture in several sizes
  trickles: true,
  flushesOnClose: true, // what was sent before close() arrives before the other side sees the channel close
  firesClosing: true, // the side that did not call close() gets a closing event
  refusesTooLarge: 'TypeError',
  hidesAddresses: true, // host candidates carry mDNS names
  cleanRelay: true, // a relay candidate's raddr does not give the host address away
};

/// `paths`: {node, modules, pion, parley, python} as given to run.mjs.
export function stacks(paths) {
  const driven = (file) => ({ command: [paths.node, path.join(here, file)], environment: { PARLEY_INTEROP_MODULES: paths.modules } });
  return {
    chromium: { name: 'chromium', ...browser, sendsFec: true, encryptsHeaders: true, tellsAll: true /* the members of getStats that statistics.mjs compares */, ...driven('chromium.mjs') },
    firefox: {
      name: 'firefox', ...browser, ...driven('firefox.mjs'),
      humsByMicrophone: true, // its AudioContext stays suspended without a sound card
      losesCrossedRestarts: true, // refuses an offer that restarts ICE and makes it give way
    },
    aiortc: {
      name: 'aiortc',
      command: [paths.python, '-u', path.join(here, 'aiortc_peer.py')],
      sendsMedia: true,
      flushesOnClose: false, // resets the stream at once
      needsAbort: true, // a DTLS close_notify alone leaves its channels open
      losesOnClose: true, // acts on a stream reset without waiting for the data sent before it
      asciiOnly: true, // counts characters, not bytes, of label and protocol in DATA_CHANNEL_OPEN
      trickles: false, // gathers everything inside setLocalDescription; takes the other side's trickled candidates
      firesClosing: false,
      refusesTooLarge: null, // sends anything
    },
    pion: {
      name: 'pion',
      command: [paths.pion],
      sendsMedia: true, // a recording, and sees whether the same comes back
      comparesMedia: true,
      flushesOnClose: false, // resets the stream at once
      leavesByAlertOnly: true, // close() sends a DTLS close_notify, no SCTP ABORT
      trickles: true,
      firesClosing: false,
      refusesTooLarge: 'error', // by an error of its own type
      receiveMaximum: 65535, // announces nothing, which means 65536, but reads into a buffer of 65535
      sendMaximum: 65536, // whatever the other side announces
    },
    parley: {
      name: 'parley',
      command: [paths.parley],
      flushesOnClose: true,
      trickles: true,
      firesClosing: true,
      refusesTooLarge: 'TypeError',
      knowsPeersByTheirChecks: true, // asks nobody for an mDNS name
      cleanRelay: true,
      echoesMedia: true,
      negotiatesPerfectly: true,
    },
  };
}
