#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "parley/dtls_transport.hpp"
#include "parley/export.hpp"
#include "parley/ice_candidate.hpp"
#include "parley/ice_transport.hpp"
#include "parley/timestamp.hpp"

/// What RTCPeerConnection::getStats() tells: webrtc-pc section 8 and webrtc-stats, with its names. Sizes are in bytes,
/// durations in seconds. What is optional here is absent as long as it is not known.
namespace parley {

enum class RTCDataChannelState;

/// webrtc-stats section 6.1.
enum class RTCStatsType {
  Codec,
  InboundRtp,
  OutboundRtp,
  RemoteInboundRtp,
  RemoteOutboundRtp,
  MediaSource,
  MediaPlayout,
  PeerConnection,
  DataChannel,
  Transport,
  CandidatePair,
  LocalCandidate,
  RemoteCandidate,
  Certificate,
};
/// "inbound-rtp", …
PARLEY_EXPORT std::string_view to_string(RTCStatsType type);

/// webrtc-pc section 8.4.2: what all have in common. The id names the same thing in every report of a connection.
struct RTCStats {
  /// When it was true.
  DOMHighResTimeStamp timestamp = 0;
  /// Which dictionary it is.
  RTCStatsType type{};
  /// Its name.
  std::string id{};
};

// ---- RTP -----------------------------------------------------------------------------------------------------------

/// webrtc-stats section 8.2.
struct RTCCodecStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.2. gives it.
  std::uint32_t payloadType = 0;
  std::string transportId{};
  std::string mimeType{};
  std::optional<std::uint32_t> clockRate{}, channels{};
  std::optional<std::string> sdpFmtpLine{};
  ///@}
};

/// webrtc-stats section 8.1.
struct RTCRtpStreamStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.1. gives it.
  std::uint32_t ssrc = 0;
  std::string kind{};
  std::optional<std::string> transportId{}, codecId{};
  ///@}
};

/// webrtc-stats section 8.3. Marks of congestion (ECN) can be seen on Linux, on pairs of plain UDP; what the peer sees
/// and what is reported to be lost is known where RFC 8888 was negotiated.
struct RTCReceivedRtpStreamStats : RTCRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.3. gives it.
  std::optional<std::uint64_t> packetsReceived{}, packetsReceivedWithEct1{}, packetsReceivedWithCe{},
      packetsReportedAsLost{}, packetsReportedAsLostButRecovered{};
  std::optional<std::int64_t> packetsLost{};
  std::optional<double> jitter{};
  ///@}
};

/// webrtc-stats section 8.4. Frames count as decoded and shown when they are handed over, as only the program has a
/// decoder: whole, in order and, for video, without a gap since the last key frame. Those that were dropped had packets
/// that came, but could not be handed over. Levels and energies of sound are those that packets tell of (RFC 6464), and
/// absent if they do not.
struct RTCInboundRtpStreamStats : RTCReceivedRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.4. gives it.
  std::string trackIdentifier{};
  std::optional<std::string> mid{}, remoteId{};
  std::optional<std::uint32_t> framesDecoded{}, keyFramesDecoded{}, framesRendered{}, framesDropped{}, frameWidth{},
      frameHeight{};
  std::optional<double> framesPerSecond{};
  std::optional<std::uint64_t> qpSum{};
  std::optional<double> totalDecodeTime{}, totalInterFrameDelay{}, totalSquaredInterFrameDelay{};
  std::optional<std::uint32_t> pauseCount{};
  std::optional<double> totalPausesDuration{};
  std::optional<std::uint32_t> freezeCount{};
  std::optional<double> totalFreezesDuration{};
  std::optional<DOMHighResTimeStamp> lastPacketReceivedTimestamp{};
  std::optional<std::uint64_t> headerBytesReceived{}, packetsDiscarded{}, fecBytesReceived{}, fecPacketsReceived{},
      fecPacketsDiscarded{}, bytesReceived{};
  std::optional<std::uint32_t> nackCount{}, firCount{}, pliCount{};
  std::optional<double> totalProcessingDelay{};
  std::optional<DOMHighResTimeStamp> estimatedPlayoutTimestamp{};
  std::optional<double> jitterBufferDelay{}, jitterBufferTargetDelay{};
  std::optional<std::uint64_t> jitterBufferEmittedCount{};
  std::optional<double> jitterBufferMinimumDelay{};
  std::optional<std::uint64_t> totalSamplesReceived{}, concealedSamples{}, silentConcealedSamples{},
      concealmentEvents{}, insertedSamplesForDeceleration{}, removedSamplesForAcceleration{};
  std::optional<double> audioLevel{}, totalAudioEnergy{}, totalSamplesDuration{};
  std::optional<std::uint32_t> framesReceived{};
  std::optional<std::string> decoderImplementation{}, playoutId{};
  std::optional<bool> powerEfficientDecoder{};
  std::optional<std::uint32_t> framesAssembledFromMultiplePackets{};
  std::optional<double> totalAssemblyTime{};
  std::optional<std::uint64_t> retransmittedPacketsReceived{}, retransmittedBytesReceived{};
  std::optional<std::uint32_t> rtxSsrc{}, fecSsrc{};
  ///@}
};

/// webrtc-stats section 8.5: what the peer's receiver reports about what we send.
struct RTCRemoteInboundRtpStreamStats : RTCReceivedRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.5 gives it.
  std::optional<std::string> localId{};
  std::optional<double> roundTripTime{}, totalRoundTripTime{}, fractionLost{};
  std::optional<std::uint64_t> roundTripTimeMeasurements{}, packetsWithBleachedEct1Marking{};
  ///@}
};

/// webrtc-stats section 8.6.
struct RTCSentRtpStreamStats : RTCRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.6. gives it.
  std::optional<std::uint64_t> packetsSent{}, bytesSent{};
  ///@}
};

/// webrtc-stats section 8.8.
enum class RTCQualityLimitationReason { None, Cpu, Bandwidth, Other };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCQualityLimitationReason reason);

/// webrtc-stats section 8.7. Frames count as encoded and sent when they become packets. `targetBitrate` is what the
/// track was told by `targetbitrate`, if the sender has one encoding. Bandwidth limits the quality as long as what is
/// sent uses up what may be sent: what the encoder would like to send, only the program knows.
struct RTCOutboundRtpStreamStats : RTCSentRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.7. gives it.
  std::optional<std::string> mid{}, mediaSourceId{}, remoteId{}, rid{};
  std::optional<std::uint32_t> encodingIndex{};
  std::optional<std::uint64_t> headerBytesSent{}, retransmittedPacketsSent{}, retransmittedBytesSent{},
      packetsSentWithEct1{};
  std::optional<std::uint32_t> rtxSsrc{};
  std::optional<double> targetBitrate{};
  std::optional<std::uint64_t> totalEncodedBytesTarget{};
  std::optional<std::uint32_t> frameWidth{}, frameHeight{};
  std::optional<double> framesPerSecond{};
  std::optional<std::uint32_t> framesSent{}, hugeFramesSent{}, framesEncoded{}, keyFramesEncoded{};
  std::optional<std::uint64_t> qpSum{};
  std::optional<double> totalEncodeTime{}, totalPacketSendDelay{};
  std::optional<RTCQualityLimitationReason> qualityLimitationReason{};
  std::optional<std::map<std::string, double>> qualityLimitationDurations{};
  std::optional<std::uint32_t> qualityLimitationResolutionChanges{}, nackCount{}, firCount{}, pliCount{};
  std::optional<std::string> encoderImplementation{};
  std::optional<bool> powerEfficientEncoder{}, active{};
  std::optional<std::string> scalabilityMode{};
  ///@}
  ///@{
  /// What protects packets that may be lost (ULPFEC or FlexFEC), and the source of FlexFEC, as their namesakes of a
  /// receiver: webrtc-stats has these no more, or not for a sender. There if any was negotiated.
  std::optional<std::uint64_t> fecPacketsSent{}, fecBytesSent{};
  std::optional<std::uint32_t> fecSsrc{};
  ///@}
};

/// webrtc-stats section 8.9: what the peer's sender reports about what it sends. Round trips are known if the peer
/// answers to our time (RFC 3611 sections 4.4 and 4.5), which browsers do not offer by themselves.
struct RTCRemoteOutboundRtpStreamStats : RTCSentRtpStreamStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.9 gives it.
  std::optional<std::string> localId{};
  std::optional<DOMHighResTimeStamp> remoteTimestamp{};
  std::optional<std::uint64_t> reportsSent{};
  std::optional<double> roundTripTime{}, totalRoundTripTime{};
  std::optional<std::uint64_t> roundTripTimeMeasurements{};
  ///@}
};

/// webrtc-stats sections 8.10 to 8.12: what a sender's track has given since it was attached, whether it was sent or
/// not. A track that has several senders has an object for each.
struct RTCMediaSourceStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats sections 8.10 to 8.12. gives it.
  std::string trackIdentifier{};
  std::string kind{};
  ///@}
};
/// A track of audio that is sent: webrtc-stats section 8.11.
struct RTCAudioSourceStats : RTCMediaSourceStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.11. gives it.
  std::optional<double> audioLevel{}, totalAudioEnergy{}, totalSamplesDuration{};
  ///@}
};
/// A track of video that is sent: webrtc-stats section 8.12.
struct RTCVideoSourceStats : RTCMediaSourceStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.12. gives it.
  std::optional<std::uint32_t> width{}, height{}, frames{};
  std::optional<double> framesPerSecond{};
  ///@}
};

/// webrtc-stats section 8.13.
struct RTCAudioPlayoutStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.13. gives it.
  std::string kind{};
  std::optional<double> synthesizedSamplesDuration{}, totalSamplesDuration{}, totalPlayoutDelay{};
  std::optional<std::uint32_t> synthesizedSamplesEvents{};
  std::optional<std::uint64_t> totalSamplesCount{};
  ///@}
};

// ---- Connections and channels --------------------------------------------------------------------------------------

/// webrtc-stats section 8.14. Channels that were open, and those of them that no longer are.
struct RTCPeerConnectionStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.14. gives it.
  std::uint32_t dataChannelsOpened = 0, dataChannelsClosed = 0;
  ///@}
};

/// webrtc-stats section 8.15, of channels that are not closed. What is sent counts when SCTP has taken it; bytes are
/// those of messages alone.
struct RTCDataChannelStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.15 gives it.
  std::string label{}, protocol{};
  std::optional<std::uint16_t> dataChannelIdentifier{};
  RTCDataChannelState state{};
  std::uint32_t messagesSent = 0;
  std::uint64_t bytesSent = 0;
  std::uint32_t messagesReceived = 0;
  std::uint64_t bytesReceived = 0;
  ///@}
};

/// webrtc-stats section 8.17.
enum class RTCDtlsRole { Client, Server, Unknown };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCDtlsRole role);

/// webrtc-stats section 8.16. Bytes and packets are UDP's payload without STUN: DTLS records, SRTP and SRTCP.
struct RTCTransportStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.16. gives it.
  std::uint64_t packetsSent = 0, packetsReceived = 0, bytesSent = 0, bytesReceived = 0;
  RTCIceRole iceRole{};
  std::optional<std::string> iceLocalUsernameFragment{};
  RTCDtlsTransportState dtlsState{};
  RTCIceTransportState iceState{};
  std::optional<std::string> selectedCandidatePairId{}, localCertificateId{}, remoteCertificateId{};
  /// "FEFD" is DTLS 1.2.
  std::optional<std::string> tlsVersion{};
  /// IANA's names.
  std::optional<std::string> dtlsCipher{}, srtpCipher{};
  RTCDtlsRole dtlsRole = RTCDtlsRole::Unknown;
  std::uint32_t selectedCandidatePairChanges = 0;
  /// Of RFC 8888; absent where no media is carried.
  std::optional<std::uint32_t> ccfbMessagesSent{}, ccfbMessagesReceived{};
  ///@}
};

/// webrtc-stats section 8.18. `type` says whose it is.
struct RTCIceCandidateStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.18. gives it.
  std::string transportId{};
  std::optional<std::string> address{};
  std::optional<std::uint16_t> port{};
  std::string protocol{};
  RTCIceCandidateType candidateType{};
  std::uint32_t priority = 0;
  std::optional<std::string> url{};
  std::optional<RTCIceServerTransportProtocol> relayProtocol{};
  std::string foundation{};
  std::optional<std::string> relatedAddress{};
  std::optional<std::uint16_t> relatedPort{};
  std::optional<std::string> usernameFragment{};
  std::optional<RTCIceTcpCandidateType> tcpType{};
  ///@}
};

/// webrtc-stats section 8.20.
enum class RTCStatsIceCandidatePairState { Frozen, Waiting, InProgress, Failed, Succeeded };
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCStatsIceCandidatePairState state);

/// webrtc-stats section 8.19, of pairs that are or were selected, and of those that an answer of the peer's has shown
/// to work: libnice keeps the others to itself, and what it asks. Round trips are measured when a pair is chosen and,
/// at most once a second, after getStats(): whoever asks again gets fresh ones. Requests and responses are those that
/// have the right password; absent where they cannot be seen (pairs of relays and TCP, other systems than Linux).
struct RTCIceCandidatePairStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.19 gives it.
  std::string transportId{}, localCandidateId{}, remoteCandidateId{};
  RTCStatsIceCandidatePairState state{};
  bool nominated = false;
  std::uint64_t packetsSent = 0, packetsReceived = 0, bytesSent = 0, bytesReceived = 0;
  std::optional<DOMHighResTimeStamp> lastPacketSentTimestamp{}, lastPacketReceivedTimestamp{};
  double totalRoundTripTime = 0;
  std::optional<double> currentRoundTripTime{}, availableOutgoingBitrate{}, availableIncomingBitrate{};
  std::optional<std::uint64_t> requestsReceived{}, responsesReceived{}, responsesSent{};
  std::uint32_t packetsDiscardedOnSend = 0;
  std::uint64_t bytesDiscardedOnSend = 0;
  ///@}
};

/// webrtc-stats section 8.21.
struct RTCCertificateStats : RTCStats {
  ///@{
  /// With the meaning and the unit that webrtc-stats section 8.21. gives it.
  std::string fingerprint{}, fingerprintAlgorithm{}, base64Certificate{};
  std::optional<std::string> issuerCertificateId{};
  ///@}
};

}  // namespace parley
