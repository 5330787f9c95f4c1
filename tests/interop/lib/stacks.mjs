// The peers, and what each can and cannot do. A limit stands here only with its reason; README.md tells more.
import path from 'node:path';

const here = path.join(import.meta.dirname, '..', 'peers');

const browser = {
  negotiatesPerfectly: true, // sets an offer while there is one of its own
  negotiatesByStep: true, // takes one step of a negotiation at a time
  countsCollisions: true, // runs the specification's code
  sendsMedia: true, // a picture and a tone, and plays what comes back
  changesMedia: true, // during a call
  repairsMedia: true, // asks for what is lost, and sends again what it is asked for
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
    chromium: {
      name: 'chromium', ...browser, sendsFec: true, encryptsHeaders: true, tellsAll: true /* the members of getStats that statistics.mjs compares */, ...driven('chromium.mjs'),
      cannotOffer: {
        rollbackOfTheFirst: 'its header extension ids collide with each other',
        recycling: 'an answering Chromium ends the transport and the association of all when the section that describes it is stopped',
      },
    },
    firefox: {
      name: 'firefox', ...browser, ...driven('firefox.mjs'),
      humsByMicrophone: true, // its AudioContext stays suspended without a sound card
      cannot: {
        pranswer: 'Firefox has not implemented it',
        recycling: 'Firefox begins another transport, under the same credentials, when it stops the section that describes that of all',
      },
      keepsKinds: true, // uses a rejected section again for the same kind alone
      losesCrossedRestarts: true, // refuses an offer that restarts ICE and makes it give way
    },
    aiortc: {
      name: 'aiortc',
      command: [paths.python, '-u', path.join(here, 'aiortc_peer.py')],
      sendsMedia: true,
      repairsMedia: true,
      changesMedia: true,
      cannotChange: {
        enabled: 'its tracks have no such switch',
        remove: 'it has no removeTrack',
        restart: 'it neither offers nor follows one: its credentials and those of the other side are set once',
      },
      renumbers: true, // if it has answered and then offers, its payload types are others, which it does not understand itself
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
      repairsMedia: true,
      changesMedia: true,
      cannotChange: {
        enabled: 'its tracks have no such switch',
        direction: 'it sets none but by adding and removing tracks',
      },
      stopsInactive: true, // a transceiver that an offer makes inactive is stopped for good
      takesLayers: true, // all of them, apart
      flushesOnClose: false, // resets the stream at once
      leavesByAlertOnly: true, // close() sends a DTLS close_notify, no SCTP ABORT
      trickles: true,
      firesClosing: false,
      refusesTooLarge: 'error', // by an error of its own type
      receiveMaximum: 65535, // announces nothing, which means 65536, but reads into a buffer of 65535
      sendMaximum: 65536, // whatever the other side announces
    },
    werift: {
      name: 'werift', ...driven('werift_peer.mjs'),
      sendsMedia: true, // a recording, and sees whether the same comes back
      comparesMedia: true,
      flushesOnClose: false, // resets the stream at once
      trickles: true,
      firesClosing: true,
      asciiOnly: true, // counts characters, not bytes, of label and protocol in DATA_CHANNEL_OPEN
      noEmptyMessages: true, // makes no packet of one
      leavesSilently: true, // closes its sockets before the SCTP ABORT has left
      failsEarly: true, // an offerer that knows all candidates of the other side and none of its own is "failed" at once
      partialIsOrdered: true, // announces a partially reliable channel as an ordered one, whatever it was asked to be
      refusesTooLarge: 'error',
    },
    datachannel: {
      name: 'datachannel', ...driven('datachannel_peer.mjs'),
      flushesOnClose: true,
      losesOnClose: true, // a channel that the other side closes loses what has not been read
      trickles: true,
      firesClosing: false,
      hidesReliability: true, // does not tell how reliable a channel is that the other side opened
      refusesTooLarge: 'error',
      noTurnOverTcp: true, // libjuice, below it, has TURN over UDP
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
      negotiatesByStep: true,
      namesAssociations: true, // by a=tls-id
    },
  };
}
