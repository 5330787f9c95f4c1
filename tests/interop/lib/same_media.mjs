// What two sides of a call, in which one sends back what it gets, tell of the pictures and the sound.
import assert from 'node:assert/strict';
import { between, bounded, close, same } from './agree.mjs';

/// What a receiver alone tells, compared with what the other one tells of the same pictures and sounds, which have come back to it.
export function compareReceivers(kind, one, other) {
  const [mine, yours] = [one, other].map((report) => report.only('inbound-rtp', kind));
  // Both have fallen silent at the same time.
  close(`${kind} lastPacketReceivedTimestamp`, mine.lastPacketReceivedTimestamp, yours.lastPacketReceivedTimestamp, 0, 2000);
  for (const stream of [mine, yours]) {
    // In seconds of a picture, or of a sample as often as there are samples.
    for (const name of ['jitterBufferDelay', 'jitterBufferTargetDelay', 'jitterBufferMinimumDelay'])
      if (stream[name] !== undefined) bounded(`${kind} ${name}`, stream[name] / stream.jitterBufferEmittedCount, 0, 0.5);
    bounded(`${kind} packetsDiscarded`, stream.packetsDiscarded, 0, 20);
    if (stream.estimatedPlayoutTimestamp !== undefined) assert.ok(stream.estimatedPlayoutTimestamp > 0);
  }
  if (kind === 'audio') {
    for (const stream of [mine, yours]) {
      between('audioLevel', stream.audioLevel, 0, 1);
      between('totalAudioEnergy', stream.totalAudioEnergy, 0, stream.totalSamplesDuration);
      close('samples', stream.totalSamplesReceived / 48000, stream.totalSamplesDuration, 0.05, 0.5); // a busy browser plays late
    }
    return;
  }
  for (const stream of [mine, yours]) {
    close('frames that have left the buffer', stream.jitterBufferEmittedCount, stream.framesDecoded, 0.05, 5);
    close('frames decoded', stream.framesDecoded, stream.framesReceived, 0.05, 5);
    bounded('framesDropped', stream.framesDropped, 0, 20);
    bounded('framesAssembledFromMultiplePackets', stream.framesAssembledFromMultiplePackets, 0, stream.framesReceived);
    bounded('totalAssemblyTime', stream.totalAssemblyTime, 0, stream.framesReceived * 0.2);
    bounded('firCount', stream.firCount, 0, 0);
    bounded('framesPerSecond', stream.framesPerSecond, 0, 60);
  }
  close('pace of frames', mine.totalInterFrameDelay / mine.framesDecoded, yours.totalInterFrameDelay / yours.framesDecoded, 0.1, 0.002);
  const unevenness = ({ totalSquaredInterFrameDelay: squares, totalInterFrameDelay: sum, framesDecoded: count }) => Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  close('unevenness of frames', unevenness(mine), unevenness(yours), 0, 0.05);
  for (const name of ['freezeCount', 'pauseCount', 'totalFreezesDuration', 'totalPausesDuration']) close(name, mine[name], yours[name], 0, 2);
}

/// What a sender alone tells.
export function checkSender(kind, { local: out, source }) {
  // Of sound, webrtc-stats section 8.8 does not have it; Chromium does.
  if (kind === 'video' || out.encodingIndex !== undefined) same(`${kind} encodingIndex`, out.encodingIndex, 0);
  if (out.active !== undefined) assert.equal(typeof out.active, 'boolean');
  bounded(`${kind} targetBitrate`, out.targetBitrate, 10_000, 1e8);
  bounded(`${kind} totalPacketSendDelay`, out.totalPacketSendDelay, 0, out.packetsSent * 0.1);
  bounded(`${kind} packetsSentWithEct1`, out.packetsSentWithEct1, 0, out.packetsSent);
  // What is sent again counts as sent, too.
  bounded(`${kind} retransmittedPacketsSent`, out.retransmittedPacketsSent, 0, out.packetsSent);
  bounded(`${kind} retransmittedBytesSent`, out.retransmittedBytesSent, 0, out.bytesSent);
  if (kind === 'audio') {
    bounded('audioLevel of the source', source?.audioLevel, 0, 1);
    bounded('totalSamplesDuration of the source', source?.totalSamplesDuration, 5, 120);
    bounded('totalAudioEnergy of the source', source?.totalAudioEnergy, 0, source?.totalSamplesDuration);
    return;
  }
  close('frames encoded', out.framesEncoded, out.framesSent, 0.05, 3);
  bounded('hugeFramesSent', out.hugeFramesSent, 0, out.framesSent);
  bounded('framesPerSecond', out.framesPerSecond, 0, 60);
  assert.ok(['none', 'bandwidth', 'cpu', 'other'].includes(out.qualityLimitationReason));
  const { none, bandwidth, cpu = 0, other = 0 } = out.qualityLimitationDurations;
  between('seconds of limited and unlimited quality', none + bandwidth + cpu + other, 15, 60);
  if (source?.frames !== undefined) assert.ok(source.frames >= out.framesSent, 'more frames were sent than there were');
  if (source?.width !== undefined && out.frameWidth !== undefined) {
    assert.ok(source.width >= out.frameWidth && source.height >= out.frameHeight);
  }
  bounded('source framesPerSecond', source?.framesPerSecond, 0, 60);
}
