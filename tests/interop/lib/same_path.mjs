// What two sides tell of the way between them: transport, pair, candidates, certificates, channels.
import assert from 'node:assert/strict';
import { between, bounded, close, same } from './agree.mjs';

const opposite = { client: 'server', server: 'client', controlling: 'controlled', controlled: 'controlling' };

/// Of `mine` what leaves, of `yours` what comes. What was lost on the way is missing.
function traffic(what, mine, yours, loss) {
  for (const [sent, received] of [['packetsSent', 'packetsReceived'], ['bytesSent', 'bytesReceived']]) {
    if (mine[sent] === undefined || yours[received] === undefined) continue;
    // One side counts connectivity checks and the records of DTLS in one packet as one, the other does not.
    close(`${what} ${sent}`, mine[sent], yours[received], loss + 0.05, sent === 'bytesSent' ? 20_000 : 100);
  }
}

function sameCandidate(mine, yours) {
  for (const name of ['protocol', 'port', 'usernameFragment', 'tcpType', 'relayProtocol', 'url']) same(`candidate ${name}`, mine[name], yours[name]);
  if (mine.address && yours.address && ![mine, yours].some(({ address }) => address.endsWith('.local'))) assert.equal(mine.address, yours.address);
  // What a check has brought before signaling did is peer-reflexive, and its priority and foundation are made up.
  const told = [mine.candidateType, yours.candidateType].sort().join();
  assert.ok(['host,host', 'host,prflx', 'prflx,prflx'].includes(told), `candidates are ${told}`);
  if (told === 'host,host') same('priority', mine.priority, yours.priority);
  for (const each of [mine, yours]) {
    between('priority', each.priority, 1, 2 ** 32 - 1);
    if (each.foundation !== undefined) assert.notEqual(each.foundation, '');
    // Of a host there is nothing related.
    bounded('relatedPort', each.relatedPort, 0, 65535);
  }
}

function sameCertificate(mine, yours) {
  for (const name of ['fingerprint', 'fingerprintAlgorithm', 'base64Certificate']) assert.equal(mine[name], yours[name], name);
}

function samePair(mine, yours, loss) {
  traffic('pair', mine, yours, loss);
  traffic('pair', yours, mine, loss);
  assert.equal(mine.state, 'succeeded');
  // Chromium's is in progress as long as a check has no answer, which may have been lost.
  if (yours.state !== 'in-progress' || yours.requestsSent <= yours.responsesReceived) assert.equal(yours.state, 'succeeded');
  for (const pair of [mine, yours]) {
    assert.equal(pair.nominated, true);
    bounded('currentRoundTripTime', pair.currentRoundTripTime, 0, 0.5);
    if (pair.responsesReceived > 0) bounded('average round trip', pair.totalRoundTripTime / pair.responsesReceived, 0, 0.5);
    bounded('availableOutgoingBitrate', pair.availableOutgoingBitrate, 10_000, 1e9);
    bounded('availableIncomingBitrate', pair.availableIncomingBitrate, 10_000, 1e9);
    for (const name of ['packetsDiscardedOnSend', 'bytesDiscardedOnSend']) bounded(name, pair[name], 0, 0);
  }
  // Of a whole call; some were lost, and more are on their way while both are asked.
  for (const [asking, asked] of [[mine, yours], [yours, mine]]) {
    if (asking.responsesReceived !== undefined && asked.responsesSent !== undefined)
      assert.ok(asking.responsesReceived <= asked.responsesSent + 1, `${asking.responsesReceived} of ${asked.responsesSent} responses came`);
    if (asking.requestsSent !== undefined && asked.requestsReceived !== undefined)
      assert.ok(asked.requestsReceived <= asking.requestsSent + 1, `${asked.requestsReceived} of ${asking.requestsSent} requests came`);
    if (asked.requestsReceived !== undefined && asked.responsesSent !== undefined) close('answers', asked.responsesSent, asked.requestsReceived, 0, 2);
    close('last packet', asking.lastPacketSentTimestamp, asked.lastPacketReceivedTimestamp, 0, 6000);
  }
}

/// `loss`: the share of packets that may be missing.
export function comparePath(mine, yours, loss) {
  const [here, there] = [mine, yours].map((report) => report.only('transport'));
  traffic('transport', here, there, loss);
  traffic('transport', there, here, loss);
  for (const name of ['dtlsState', 'tlsVersion', 'dtlsCipher', 'srtpCipher']) assert.equal(here[name], there[name], name);
  for (const name of ['iceRole', 'dtlsRole']) assert.equal(here[name], opposite[there[name]], name);
  for (const transport of [here, there]) {
    assert.ok(['connected', 'completed'].includes(transport.iceState));
    between('selectedCandidatePairChanges', transport.selectedCandidatePairChanges, 1, 10);
    for (const name of ['ccfbMessagesSent', 'ccfbMessagesReceived']) bounded(name, transport[name], 0, 1e6);
  }
  const end = (report, transport) => {
    const pair = report.byId[transport.selectedCandidatePairId];
    const certificates = ['localCertificateId', 'remoteCertificateId'].map((name) => report.byId[transport[name]]);
    return { pair, candidates: [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.byId[id]), certificates };
  };
  const [my, your] = [end(mine, here), end(yours, there)];
  samePair(my.pair, your.pair, loss);
  for (const side of [0, 1]) {
    sameCandidate(my.candidates[side], your.candidates[1 - side]);
    sameCertificate(my.certificates[side], your.certificates[1 - side]);
  }
  for (const [one, transport] of [[my, here], [your, there]]) same('iceLocalUsernameFragment', transport.iceLocalUsernameFragment, one.candidates[0].usernameFragment);
}

/// There is one data channel, on which nothing is under way.
export function compareChannels(mine, yours) {
  const [here, there] = [mine, yours].map((report) => report.only('peer-connection'));
  for (const name of ['dataChannelsOpened', 'dataChannelsClosed']) assert.equal(here[name], there[name], name);
  const [one, other] = [mine, yours].map((report) => report.only('data-channel'));
  for (const name of ['label', 'protocol', 'dataChannelIdentifier', 'state']) assert.equal(one[name], other[name], name);
  for (const [sender, receiver] of [[one, other], [other, one]]) {
    assert.ok(sender.messagesSent > 0);
    assert.equal(sender.messagesSent, receiver.messagesReceived);
    assert.equal(sender.bytesSent, receiver.bytesReceived);
  }
}
