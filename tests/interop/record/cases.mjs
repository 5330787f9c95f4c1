// What two peers do in front of the recorder. A case is a list of rounds; in each of them one side (`from`, the first unless it says
// otherwise) offers and the other answers. `offering` is done before the offer is made, `answering` when it has been set at the
// other side and before the answer is made.
//
// An action is a line of words, so that stories.mjs writes what was done and the unit tests read it:
//   add KIND DIRECTION [RID...]   addTransceiver, with one encoding for each rid
//   track KIND                    addTrack
//   channel                       createDataChannel
//   direction KIND DIRECTION      of the first transceiver of that kind that has not been stopped
//   remove KIND, stop KIND        its track, it
//   restart                       restartIce

const everything = ['track audio', 'track video', 'channel'];
const tracks = ['track audio', 'track video'];

export const cases = {
  data: { rounds: [{ offering: ['channel'] }] },
  media: { rounds: [{ offering: everything, answering: tracks }] },
  recvonly: { rounds: [{ offering: ['add audio recvonly', 'add video recvonly'], answering: tracks }] },
  simulcast: { rounds: [{ offering: ['add video sendonly q h f'] }] },
  'max-bundle': { config: { bundlePolicy: 'max-bundle' }, rounds: [{ offering: everything }] },
  'max-compat': { config: { bundlePolicy: 'max-compat' }, rounds: [{ offering: everything }] },
  changes: {
    rounds: [
      { offering: ['track audio'], answering: ['track audio'] },
      { offering: ['track video', 'channel'] },
      { offering: ['direction audio sendonly', 'direction video inactive'] },
      { offering: ['direction audio recvonly', 'direction video sendrecv'], answering: ['track video'] },
      { offering: ['restart'] },
      { offering: ['remove video'] },
      { offering: ['stop video'] },
      { offering: ['track video'] },
    ],
  },
  turns: {
    rounds: [
      { offering: ['track audio'], answering: ['track audio'] },
      { from: 'second', offering: ['track video'] },
      { offering: ['channel'] },
      { from: 'second', offering: ['direction audio sendonly', 'restart'] },
      { from: 'second', offering: ['stop video'] },
      { offering: ['track video'] },
    ],
  },
};

/// What Chromium offers to every other peer.
export const foreignCases = ['data', 'media', 'simulcast'];
