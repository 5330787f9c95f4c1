#pragma once

#include "parley/stats.hpp"

/// The dictionaries of webrtc-stats as tables: each calls `take(name, value)` for every member, in the specification's
/// order, with what it inherits first. Whoever prints a report, or follows its references, is written once.
namespace parley::stats {

template <class Take>
void each_member(const RTCStats& s, Take&& take) {
  take("timestamp", s.timestamp);
  take("type", s.type);
  take("id", s.id);
}

template <class Take>
void each_member(const RTCCodecStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("payloadType", s.payloadType);
  take("transportId", s.transportId);
  take("mimeType", s.mimeType);
  take("clockRate", s.clockRate);
  take("channels", s.channels);
  take("sdpFmtpLine", s.sdpFmtpLine);
}

template <class Take>
void each_member(const RTCRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("ssrc", s.ssrc);
  take("kind", s.kind);
  take("transportId", s.transportId);
  take("codecId", s.codecId);
}

template <class Take>
void each_member(const RTCReceivedRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCRtpStreamStats&>(s), take);
  take("packetsReceived", s.packetsReceived);
  take("packetsReceivedWithEct1", s.packetsReceivedWithEct1);
  take("packetsReceivedWithCe", s.packetsReceivedWithCe);
  take("packetsReportedAsLost", s.packetsReportedAsLost);
  take("packetsReportedAsLostButRecovered", s.packetsReportedAsLostButRecovered);
  take("packetsLost", s.packetsLost);
  take("jitter", s.jitter);
}

template <class Take>
void each_member(const RTCInboundRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCReceivedRtpStreamStats&>(s), take);
  take("trackIdentifier", s.trackIdentifier);
  take("mid", s.mid);
  take("remoteId", s.remoteId);
  take("framesDecoded", s.framesDecoded);
  take("keyFramesDecoded", s.keyFramesDecoded);
  take("framesRendered", s.framesRendered);
  take("framesDropped", s.framesDropped);
  take("frameWidth", s.frameWidth);
  take("frameHeight", s.frameHeight);
  take("framesPerSecond", s.framesPerSecond);
  take("qpSum", s.qpSum);
  take("totalDecodeTime", s.totalDecodeTime);
  take("totalInterFrameDelay", s.totalInterFrameDelay);
  take("totalSquaredInterFrameDelay", s.totalSquaredInterFrameDelay);
  take("pauseCount", s.pauseCount);
  take("totalPausesDuration", s.totalPausesDuration);
  take("freezeCount", s.freezeCount);
  take("totalFreezesDuration", s.totalFreezesDuration);
  take("lastPacketReceivedTimestamp", s.lastPacketReceivedTimestamp);
  take("headerBytesReceived", s.headerBytesReceived);
  take("packetsDiscarded", s.packetsDiscarded);
  take("fecBytesReceived", s.fecBytesReceived);
  take("fecPacketsReceived", s.fecPacketsReceived);
  take("fecPacketsDiscarded", s.fecPacketsDiscarded);
  take("bytesReceived", s.bytesReceived);
  take("nackCount", s.nackCount);
  take("firCount", s.firCount);
  take("pliCount", s.pliCount);
  take("totalProcessingDelay", s.totalProcessingDelay);
  take("estimatedPlayoutTimestamp", s.estimatedPlayoutTimestamp);
  take("jitterBufferDelay", s.jitterBufferDelay);
  take("jitterBufferTargetDelay", s.jitterBufferTargetDelay);
  take("jitterBufferEmittedCount", s.jitterBufferEmittedCount);
  take("jitterBufferMinimumDelay", s.jitterBufferMinimumDelay);
  take("totalSamplesReceived", s.totalSamplesReceived);
  take("concealedSamples", s.concealedSamples);
  take("silentConcealedSamples", s.silentConcealedSamples);
  take("concealmentEvents", s.concealmentEvents);
  take("insertedSamplesForDeceleration", s.insertedSamplesForDeceleration);
  take("removedSamplesForAcceleration", s.removedSamplesForAcceleration);
  take("audioLevel", s.audioLevel);
  take("totalAudioEnergy", s.totalAudioEnergy);
  take("totalSamplesDuration", s.totalSamplesDuration);
  take("framesReceived", s.framesReceived);
  take("decoderImplementation", s.decoderImplementation);
  take("playoutId", s.playoutId);
  take("powerEfficientDecoder", s.powerEfficientDecoder);
  take("framesAssembledFromMultiplePackets", s.framesAssembledFromMultiplePackets);
  take("totalAssemblyTime", s.totalAssemblyTime);
  take("retransmittedPacketsReceived", s.retransmittedPacketsReceived);
  take("retransmittedBytesReceived", s.retransmittedBytesReceived);
  take("rtxSsrc", s.rtxSsrc);
  take("fecSsrc", s.fecSsrc);
}

template <class Take>
void each_member(const RTCRemoteInboundRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCReceivedRtpStreamStats&>(s), take);
  take("localId", s.localId);
  take("roundTripTime", s.roundTripTime);
  take("totalRoundTripTime", s.totalRoundTripTime);
  take("fractionLost", s.fractionLost);
  take("roundTripTimeMeasurements", s.roundTripTimeMeasurements);
  take("packetsWithBleachedEct1Marking", s.packetsWithBleachedEct1Marking);
}

template <class Take>
void each_member(const RTCSentRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCRtpStreamStats&>(s), take);
  take("packetsSent", s.packetsSent);
  take("bytesSent", s.bytesSent);
}

template <class Take>
void each_member(const RTCOutboundRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCSentRtpStreamStats&>(s), take);
  take("mid", s.mid);
  take("mediaSourceId", s.mediaSourceId);
  take("remoteId", s.remoteId);
  take("rid", s.rid);
  take("encodingIndex", s.encodingIndex);
  take("headerBytesSent", s.headerBytesSent);
  take("retransmittedPacketsSent", s.retransmittedPacketsSent);
  take("retransmittedBytesSent", s.retransmittedBytesSent);
  take("packetsSentWithEct1", s.packetsSentWithEct1);
  take("rtxSsrc", s.rtxSsrc);
  take("targetBitrate", s.targetBitrate);
  take("totalEncodedBytesTarget", s.totalEncodedBytesTarget);
  take("frameWidth", s.frameWidth);
  take("frameHeight", s.frameHeight);
  take("framesPerSecond", s.framesPerSecond);
  take("framesSent", s.framesSent);
  take("hugeFramesSent", s.hugeFramesSent);
  take("framesEncoded", s.framesEncoded);
  take("keyFramesEncoded", s.keyFramesEncoded);
  take("qpSum", s.qpSum);
  take("totalEncodeTime", s.totalEncodeTime);
  take("totalPacketSendDelay", s.totalPacketSendDelay);
  take("qualityLimitationReason", s.qualityLimitationReason);
  take("qualityLimitationDurations", s.qualityLimitationDurations);
  take("qualityLimitationResolutionChanges", s.qualityLimitationResolutionChanges);
  take("nackCount", s.nackCount);
  take("firCount", s.firCount);
  take("pliCount", s.pliCount);
  take("encoderImplementation", s.encoderImplementation);
  take("powerEfficientEncoder", s.powerEfficientEncoder);
  take("fecPacketsSent", s.fecPacketsSent);
  take("fecBytesSent", s.fecBytesSent);
  take("fecSsrc", s.fecSsrc);
  take("active", s.active);
  take("scalabilityMode", s.scalabilityMode);
}

template <class Take>
void each_member(const RTCRemoteOutboundRtpStreamStats& s, Take&& take) {
  each_member(static_cast<const RTCSentRtpStreamStats&>(s), take);
  take("localId", s.localId);
  take("remoteTimestamp", s.remoteTimestamp);
  take("reportsSent", s.reportsSent);
  take("roundTripTime", s.roundTripTime);
  take("totalRoundTripTime", s.totalRoundTripTime);
  take("roundTripTimeMeasurements", s.roundTripTimeMeasurements);
}

template <class Take>
void each_member(const RTCMediaSourceStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("trackIdentifier", s.trackIdentifier);
  take("kind", s.kind);
}

template <class Take>
void each_member(const RTCAudioSourceStats& s, Take&& take) {
  each_member(static_cast<const RTCMediaSourceStats&>(s), take);
  take("audioLevel", s.audioLevel);
  take("totalAudioEnergy", s.totalAudioEnergy);
  take("totalSamplesDuration", s.totalSamplesDuration);
}

template <class Take>
void each_member(const RTCVideoSourceStats& s, Take&& take) {
  each_member(static_cast<const RTCMediaSourceStats&>(s), take);
  take("width", s.width);
  take("height", s.height);
  take("frames", s.frames);
  take("framesPerSecond", s.framesPerSecond);
}

template <class Take>
void each_member(const RTCAudioPlayoutStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("kind", s.kind);
  take("synthesizedSamplesDuration", s.synthesizedSamplesDuration);
  take("synthesizedSamplesEvents", s.synthesizedSamplesEvents);
  take("totalSamplesDuration", s.totalSamplesDuration);
  take("totalPlayoutDelay", s.totalPlayoutDelay);
  take("totalSamplesCount", s.totalSamplesCount);
}

template <class Take>
void each_member(const RTCPeerConnectionStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("dataChannelsOpened", s.dataChannelsOpened);
  take("dataChannelsClosed", s.dataChannelsClosed);
}

template <class Take>
void each_member(const RTCDataChannelStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("label", s.label);
  take("protocol", s.protocol);
  take("dataChannelIdentifier", s.dataChannelIdentifier);
  take("state", s.state);
  take("messagesSent", s.messagesSent);
  take("bytesSent", s.bytesSent);
  take("messagesReceived", s.messagesReceived);
  take("bytesReceived", s.bytesReceived);
}

template <class Take>
void each_member(const RTCTransportStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("packetsSent", s.packetsSent);
  take("packetsReceived", s.packetsReceived);
  take("bytesSent", s.bytesSent);
  take("bytesReceived", s.bytesReceived);
  take("iceRole", s.iceRole);
  take("iceLocalUsernameFragment", s.iceLocalUsernameFragment);
  take("dtlsState", s.dtlsState);
  take("iceState", s.iceState);
  take("selectedCandidatePairId", s.selectedCandidatePairId);
  take("localCertificateId", s.localCertificateId);
  take("remoteCertificateId", s.remoteCertificateId);
  take("tlsVersion", s.tlsVersion);
  take("dtlsCipher", s.dtlsCipher);
  take("dtlsRole", s.dtlsRole);
  take("srtpCipher", s.srtpCipher);
  take("selectedCandidatePairChanges", s.selectedCandidatePairChanges);
  take("ccfbMessagesSent", s.ccfbMessagesSent);
  take("ccfbMessagesReceived", s.ccfbMessagesReceived);
}

template <class Take>
void each_member(const RTCIceCandidateStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("transportId", s.transportId);
  take("address", s.address);
  take("port", s.port);
  take("protocol", s.protocol);
  take("candidateType", s.candidateType);
  take("priority", s.priority);
  take("url", s.url);
  take("relayProtocol", s.relayProtocol);
  take("foundation", s.foundation);
  take("relatedAddress", s.relatedAddress);
  take("relatedPort", s.relatedPort);
  take("usernameFragment", s.usernameFragment);
  take("tcpType", s.tcpType);
}

template <class Take>
void each_member(const RTCIceCandidatePairStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("transportId", s.transportId);
  take("localCandidateId", s.localCandidateId);
  take("remoteCandidateId", s.remoteCandidateId);
  take("state", s.state);
  take("nominated", s.nominated);
  take("packetsSent", s.packetsSent);
  take("packetsReceived", s.packetsReceived);
  take("bytesSent", s.bytesSent);
  take("bytesReceived", s.bytesReceived);
  take("lastPacketSentTimestamp", s.lastPacketSentTimestamp);
  take("lastPacketReceivedTimestamp", s.lastPacketReceivedTimestamp);
  take("totalRoundTripTime", s.totalRoundTripTime);
  take("currentRoundTripTime", s.currentRoundTripTime);
  take("availableOutgoingBitrate", s.availableOutgoingBitrate);
  take("availableIncomingBitrate", s.availableIncomingBitrate);
  take("requestsReceived", s.requestsReceived);
  take("responsesReceived", s.responsesReceived);
  take("responsesSent", s.responsesSent);
  take("packetsDiscardedOnSend", s.packetsDiscardedOnSend);
  take("bytesDiscardedOnSend", s.bytesDiscardedOnSend);
}

template <class Take>
void each_member(const RTCCertificateStats& s, Take&& take) {
  each_member(static_cast<const RTCStats&>(s), take);
  take("fingerprint", s.fingerprint);
  take("fingerprintAlgorithm", s.fingerprintAlgorithm);
  take("base64Certificate", s.base64Certificate);
  take("issuerCertificateId", s.issuerCertificateId);
}

}  // namespace parley::stats
