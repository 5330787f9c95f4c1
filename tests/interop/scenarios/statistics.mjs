// A call with losses both ways, in which parley sends back what a browser sends; then silence. What getStats() says at both ends is
// about the same packets, so it has to agree.
import assert from 'node:assert/strict';
import { between, bounded, close } from '../lib/agree.mjs';
import { Link } from '../lib/link.mjs';
import { loseArrivals } from '../lib/network.mjs';
import { overlooked, Report } from '../lib/report.mjs';
import { checkSender, compareReceivers } from '../lib/same_media.mjs';
import { compareChannels, comparePath } from '../lib/same_path.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const lossPercent = 3;

/// The objects of a report that a stream of this kind and direction refers to.
function streamOf(report, type, kind) {
  const local = report.only(type, kind);
  const remote = report.byId[local.remoteId];
  assert.ok(remote, `no remote side of ${type} of ${kind}`);
  assert.equal(remote.localId, local.id);
  assert.equal(remote.ssrc, local.ssrc);
  return { local, remote, codec: report.byId[local.codecId], transport: report.byId[local.transportId], source: report.byId[local.mediaSourceId] };
}

/// What `sender` says of what it sends and `receiver` of what it gets.
function compare(kind, sender, receiver) {
  const sent = streamOf(sender, 'outbound-rtp', kind), got = streamOf(receiver, 'inbound-rtp', kind);
  assert.equal(sent.local.ssrc, got.local.ssrc);
  assert.equal(sent.local.mid, got.local.mid);
  for (const name of ['payloadType', 'mimeType', 'clockRate', 'channels', 'sdpFmtpLine']) assert.equal(sent.codec[name], got.codec[name], name);
  assert.equal(sent.transport.dtlsState, 'connected');

  // What was lost for good, or sent again and lost again, is all that may be missing.
  const { local: out } = sent, { local: into } = got;
  const loss = 2 * lossPercent / 100;
  const few = 20; // packets
  for (const [name, other, size] of [['packetsSent', 'packetsReceived', 1], ['bytesSent', 'bytesReceived', 300], ['headerBytesSent', 'headerBytesReceived', 40]]) {
    close(`${kind} ${name}`, out[name], into[other], loss, few * size);
    assert.ok(out[name] >= into[other], `${kind} ${name}: more came than was sent`);
  }
  // Where there is no RTX, what is sent again counts as if it had never been lost.
  assert.ok(into.packetsLost > 0 || (into.nackCount > 0 && into.retransmittedPacketsReceived === undefined), `${kind}: nothing was lost`);
  between(`${kind} packetsLost`, into.packetsLost, 0, out.packetsSent * 3 * lossPercent / 100);
  // The last report tells of it all, as the stream has ended before; unless it was lost itself.
  close(`${kind} reported losses`, sent.remote.packetsLost, into.packetsLost, 0.2, 3);
  between(`${kind} fractionLost`, sent.remote.fractionLost, 0, 1);
  close(`${kind} told packets`, got.remote.packetsSent, out.packetsSent, 0.5, 100);
  assert.ok(got.remote.packetsSent <= out.packetsSent && got.remote.reportsSent > 0);
  between(`${kind} roundTripTime`, sent.remote.roundTripTime, 0, 0.5);
  between(`${kind} jitter`, into.jitter, 0, 0.2);
  // The clock of both machines is one.
  close(`${kind} remoteTimestamp`, got.remote.remoteTimestamp, got.remote.timestamp, 0, 2000);
  close(`${kind} told bytes`, got.remote.bytesSent, out.bytesSent, 0.5, 10_000);
  assert.ok(got.remote.bytesSent <= out.bytesSent);
  close(`${kind} reported jitter`, sent.remote.jitter, into.jitter, 0, 0.05);
  between(`${kind} average round trip`, sent.remote.totalRoundTripTime / sent.remote.roundTripTimeMeasurements, 0, 0.5);
  for (const name of ['packetsReceivedWithEct1', 'packetsReceivedWithCe']) bounded(`${kind} ${name}`, into[name], 0, into.packetsReceived);
  // Of sound Chromium tells only where it asks for lost packets.
  if (kind === 'video' || into.nackCount !== undefined) close(`${kind} nacks`, out.nackCount, into.nackCount, loss, 5);
  const { roundTripTime, totalRoundTripTime, roundTripTimeMeasurements } = got.remote; // if there are extended reports
  bounded(`${kind} round trip that the receiver knows`, roundTripTime, 0, 0.5);
  if (roundTripTimeMeasurements > 0) between(`${kind} round trip that the receiver knows on average`, totalRoundTripTime / roundTripTimeMeasurements, 0, 0.5);
  checkSender(kind, sent);
  if (kind === 'video') {
    close('frames', out.framesSent, into.framesReceived, 0.05, 5);
    close('key frames', out.keyFramesEncoded, into.keyFramesDecoded, 0, 3);
    for (const name of ['frameWidth', 'frameHeight']) // which Chromium does not tell when it has ended
      if (out[name] !== undefined) assert.equal(out[name], into[name], name);
    // Chromium probes with packets that it sends once more, which may repair a loss before anybody asks.
    assert.ok(into.nackCount > 0 || into.retransmittedPacketsReceived > 0, 'nothing came again');
    close('PLIs', out.pliCount, into.pliCount, loss, 2);
    close('FIRs', out.firCount, into.firCount, 0, 0);
    // For the receiver these are the same.
    assert.ok(into.retransmittedPacketsReceived >= out.retransmittedPacketsSent * 0.7 - 3, 'repairs did not come');
    assert.ok(into.retransmittedBytesReceived >= out.retransmittedBytesSent * 0.6 - 3000, 'bytes of repairs did not come');
    if (into.rtxSsrc !== undefined) assert.equal(out.rtxSsrc, into.rtxSsrc);
  } else {
    close('seconds of sound', into.totalSamplesDuration, into.packetsReceived * 0.02, 0.3, 1);
  }
}

export async function statistics({ offerer, answerer, note }) {
  const [source, echo] = offerer.stack.sendsMedia ? [offerer, answerer] : [answerer, offerer];
  if (!source.stack.sendsMedia || !source.stack.tellsAll || !echo.stack.echoesMedia)
    return note('nobody sends media and tells all about it, or nobody sends it back');
  const link = new Link(offerer, answerer, { feedback: 'rrtr' });
  await link.prepare();
  const made = await link.open(offerer, 'told');
  await source.command('media', { connection: link.name, codec: 'VP8', frequency: 600 });
  await echo.command('media', { connection: link.name, codec: 'VP8', offer: echo === offerer });
  await link.connect();
  const channel = await made.opened();
  await channel.deliver(offerer, [{ text: 'one' }, { text: 'two and more' }]);
  await channel.deliver(answerer, [{ text: 'three' }]);
  await pause(4000); // until the first report of sound, which comes every five seconds
  for (const machine of ['left', 'right']) loseArrivals(machine, lossPercent);
  await pause(8000);
  for (const machine of ['left', 'right']) loseArrivals(machine, 0);
  await pause(3000);
  await source.command('silence', { connection: link.name });
  await pause(6000);
  const [heard, echoed] = await Promise.all([source, echo].map((peer) => peer.command('stats', { connection: link.name })));
  for (const [peer, report] of [[source, heard], [echo, echoed]])
    for (const stats of Object.values(report)) note(`${peer.name}: ${JSON.stringify(stats)}`);
  const [told, other] = [new Report(source.name, heard), new Report(echo.name, echoed)];
  for (const kind of ['video', 'audio']) {
    compare(kind, told, other);
    compare(kind, other, told);
    compareReceivers(kind, told, other);
  }
  comparePath(told, other, 2 * lossPercent / 100);
  compareChannels(told, other);
  assert.deepEqual(overlooked(told, other), [], 'what both tell and nobody compares');
  note(`${[...told.members].filter((member) => other.members.has(member)).length} members that both tell were looked at`);
  // Extended reports (RFC 3611), which Chromium knows but does not offer: parley does not use them unless both sides have agreed.
  const toldOf = (report, kind) => streamOf(report, 'inbound-rtp', kind).remote;
  if (source === offerer) {
    // Our answers come with the name of one of our sources. Chromium forgets the last round trip when a report has none.
    const { roundTripTimeMeasurements: count, totalRoundTripTime: total } = toldOf(told, 'video');
    between("Chromium's round trips by our answers", total / count, 0, 0.5);
    for (const kind of ['video', 'audio'])
      between(`our round trips by Chromium's answers, ${kind}`, toldOf(other, kind).totalRoundTripTime / toldOf(other, kind).roundTripTimeMeasurements, 0, 0.5);
  } else {
    for (const report of [told, other]) for (const kind of ['video', 'audio']) assert.equal(toldOf(report, kind).roundTripTime, undefined);
  }
  await link.end();
}
