// Every scenario by the name that the tests carry.
import { call } from './call.mjs';
import { channels } from './channels.mjs';
import { cryptex } from './cryptex.mjs';
import { fec } from './fec.mjs';
import { flush } from './flush.mjs';
import { goodbye } from './goodbye.mjs';
import { halfTrickle } from './half_trickle.mjs';
import { media } from './media.mjs';
import { lossy } from './lossy.mjs';
import { messages } from './messages.mjs';
import { layers } from './layers.mjs';
import { perfectNegotiation } from './perfect_negotiation.mjs';
import { relay } from './relay.mjs';
import { reopen } from './reopen.mjs';
import { sequencesScenario } from './sequences.mjs';
import { statistics } from './statistics.mjs';

export const scenarios = {
  channels, messages, reopen, flush, goodbye, 'half-trickle': halfTrickle, media, call, lossy, fec, cryptex, layers, statistics,
  sequences: sequencesScenario,
  'perfect-negotiation': perfectNegotiation, 'relay-udp': relay('udp'), 'relay-tcp': relay('tcp'),
};
