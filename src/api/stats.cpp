// What getStats() tells of the connection, its transports and its channels: webrtc-stats section 8.
#include <algorithm>
#include <chrono>
#include <utility>

#include "api/peer.hpp"
#include "api/rtp_stats.hpp"
#include "api/stats_builder.hpp"
#include "stats/base64.hpp"
#include "stats/disguise.hpp"
#include "stats/select.hpp"

namespace parley::api {
namespace {

/// The candidates and pairs of one ICE generation. Ids are made of what does not change: its name and addresses.
class IceStats {
 public:
  IceStats(StatsBuilder& builder, std::string transport, const ice::Agent& agent)
      : builder_(builder),
        transport_(std::move(transport)),
        agent_(agent),
        prefix_(transport_ + "." + agent.local_credentials().ufrag) {}

  void add() {
    for (const auto& [candidate, source] : agent_.local_candidates()) add_local(candidate, source);
    for (const ice::Candidate& candidate : agent_.remote_candidates())
      add_candidate(RTCStatsType::RemoteCandidate, candidate);
    for (const ice::UsedPair& used : agent_.used_pairs()) add_pair(used);
  }
  [[nodiscard]] std::string pair_id(const ice::CandidatePair& pair) const {
    return prefix_ + ".pair." + address(pair.local) + "." + address(pair.remote);
  }

 private:
  static std::string address(const ice::Candidate& candidate) {
    return candidate.address + ":" + std::to_string(candidate.port);
  }
  [[nodiscard]] std::string id_of(RTCStatsType type, const ice::Candidate& candidate) const {
    const std::string_view side = type == RTCStatsType::LocalCandidate ? ".local." : ".remote.";
    return prefix_ + std::string(side) + std::string(ice::to_string(candidate.protocol)) + "." +
           std::string(ice::to_string(candidate.type)) + "." + address(candidate);
  }

  RTCIceCandidateStats& add_candidate(RTCStatsType type, const ice::Candidate& candidate) {
    auto& stats = builder_.add<RTCIceCandidateStats>(type, id_of(type, candidate));
    stats.transportId = transport_;
    stats.address = candidate.address;
    stats.port = candidate.port;
    const bool known = candidate.protocol != ice::Protocol::Other;
    stats.protocol = known ? ice::to_string(candidate.protocol) : candidate.other_protocol;
    stats.candidateType = static_cast<RTCIceCandidateType>(std::min(candidate.type, ice::CandidateType::Relay));
    stats.priority = candidate.priority;
    stats.foundation = candidate.foundation;
    stats.relatedAddress = candidate.related_address;
    stats.relatedPort = candidate.related_port;
    stats.usernameFragment = unless_empty(candidate.username_fragment);
    if (candidate.tcp_type) stats.tcpType = static_cast<RTCIceTcpCandidateType>(*candidate.tcp_type);
    return stats;
  }
  void add_local(const ice::Candidate& candidate, const ice::CandidateSource& source) {
    RTCIceCandidateStats& stats = add_candidate(RTCStatsType::LocalCandidate, candidate);
    stats.url = unless_empty(source.url);
    if (source.relay_protocol) stats.relayProtocol = static_cast<RTCIceServerTransportProtocol>(*source.relay_protocol);
  }
  void add_pair(const ice::UsedPair& used) {
    auto& stats = builder_.add<RTCIceCandidatePairStats>(RTCStatsType::CandidatePair, pair_id(used.pair));
    stats.transportId = transport_;
    stats.localCandidateId = id_of(RTCStatsType::LocalCandidate, used.pair.local);
    stats.remoteCandidateId = id_of(RTCStatsType::RemoteCandidate, used.pair.remote);
    stats.state = RTCStatsIceCandidatePairState::Succeeded;
    stats.nominated = used.nominated;
    stats.packetsSent = used.traffic.packets_sent;
    stats.packetsReceived = used.traffic.packets_received;
    stats.bytesSent = used.traffic.bytes_sent;
    stats.bytesReceived = used.traffic.bytes_received;
    if (used.last.sent) stats.lastPacketSentTimestamp = builder_.timestamp(*used.last.sent);
    if (used.last.received) stats.lastPacketReceivedTimestamp = builder_.timestamp(*used.last.received);
    stats.packetsDiscardedOnSend = static_cast<std::uint32_t>(used.traffic.packets_discarded);
    stats.bytesDiscardedOnSend = used.traffic.bytes_discarded;
    stats.totalRoundTripTime = seconds(used.round_trips.total);
    if (used.round_trips.last) stats.currentRoundTripTime = seconds(*used.round_trips.last);
    if (used.heard) {
      stats.requestsReceived = stats.responsesSent = used.heard->requests;  // libnice answers each of them at once
      stats.responsesReceived = used.heard->answers;
    }
    // A peer-reflexive one of ours is in no list.
    if (!stats_exist(used.pair.local)) add_candidate(RTCStatsType::LocalCandidate, used.pair.local);
    add_candidate(RTCStatsType::RemoteCandidate, used.pair.remote);
  }
  [[nodiscard]] bool stats_exist(const ice::Candidate& local) const {
    return std::ranges::any_of(agent_.local_candidates(), [&](const auto& known) { return known.first == local; });
  }

  StatsBuilder& builder_;
  const std::string transport_;
  const ice::Agent& agent_;
  const std::string prefix_;
};

/// The id of the certificate, whichever connection it belongs to.
std::string add_certificate(StatsBuilder& builder, ByteView der) {
  const dtls::Fingerprint fingerprint = dtls::fingerprint_of(der, dtls::Hash::Sha256);
  std::string id = "certificate." + fingerprint.value;
  auto& stats = builder.add<RTCCertificateStats>(RTCStatsType::Certificate, id);
  stats.fingerprint = fingerprint.value;
  stats.fingerprintAlgorithm = fingerprint.algorithm;
  stats.base64Certificate = stats::base64(der);
  return id;
}

/// The id of the first of a chain, each of which names its issuer.
std::optional<std::string> add_chain(StatsBuilder& builder, const std::vector<Bytes>& chain) {
  std::optional<std::string> issuer;
  for (auto der = chain.rbegin(); der != chain.rend(); ++der) {
    const std::string id = add_certificate(builder, *der);
    if (issuer != id) builder.find<RTCCertificateStats>(id)->issuerCertificateId = issuer;
    issuer = id;
  }
  return issuer;
}

std::string version_text(std::uint16_t version) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text.push_back(kDigits[version >> shift & 15]);
  return text;
}

void add_dtls(StatsBuilder& builder, const session::Transport& transport, RTCTransportStats& stats) {
  const dtls::Transport& dtls = transport.dtls();
  stats.localCertificateId = add_certificate(builder, transport.certificate().der());
  stats.remoteCertificateId = add_chain(builder, dtls.remote_certificates());
  if (dtls.version() != 0) stats.tlsVersion = version_text(dtls.version());
  stats.dtlsCipher = unless_empty(dtls.cipher());
  if (const auto role = dtls.role())
    stats.dtlsRole = *role == dtls::Role::Client ? RTCDtlsRole::Client : RTCDtlsRole::Server;
  if (const auto profile = dtls.srtp_profile()) stats.srtpCipher = to_string(*profile);
}

void add_ice(StatsBuilder& builder, const session::Transport& transport, RTCTransportStats& stats) {
  const ice::Counters counters = transport.counters();
  stats.packetsSent = counters.packets_sent;
  stats.packetsReceived = counters.packets_received;
  stats.bytesSent = counters.bytes_sent;
  stats.bytesReceived = counters.bytes_received;
  stats.selectedCandidatePairChanges = static_cast<std::uint32_t>(counters.pair_changes);
  for (const ice::Agent* agent : transport.agents()) IceStats(builder, stats.id, *agent).add();
  if (const ice::Agent* agent = transport.active()) {
    stats.iceRole = agent->role() == ice::Role::Controlling ? RTCIceRole::Controlling : RTCIceRole::Controlled;
    stats.iceLocalUsernameFragment = agent->local_credentials().ufrag;
  }
  const ice::Agent* carrier = transport.carrier();
  const auto selected = carrier != nullptr ? carrier->selected_pair() : std::nullopt;
  if (selected) stats.selectedCandidatePairId = IceStats(builder, stats.id, *carrier).pair_id(*selected);
}

}  // namespace

RTCStatsReport Peer::stats() {
  StatsBuilder builder;
  auto& connection = builder.add<RTCPeerConnectionStats>(RTCStatsType::PeerConnection, "connection");
  connection.dataChannelsOpened = channels_opened_;
  connection.dataChannelsClosed = channels_closed_;
  for (const Transceiver& transceiver : transceivers_) add_source_stats(builder, *transceiver.core);
  for (const auto& [id, objects] : transports_) {
    const session::Transport* transport = connection_.transport(id);
    if (transport == nullptr) continue;
    auto& stats = builder.add<RTCTransportStats>(RTCStatsType::Transport, "transport" + std::to_string(id.get()));
    stats.dtlsState = objects.core->state;
    stats.iceState = objects.core->ice_core->state;
    add_ice(builder, *transport, stats);
    add_dtls(builder, *transport, stats);
    if (const auto media = connection_.media().statistics(*transport)) {
      if (auto* pair = builder.find<RTCIceCandidatePairStats>(stats.selectedCandidatePairId))
        pair->availableOutgoingBitrate = media->available;
      stats.ccfbMessagesSent = media->congestion_feedback_sent;
      stats.ccfbMessagesReceived = media->congestion_feedback_received;
      add_rtp_stats(builder, stats.id, *media, [this](jsep::TransceiverId of) { return find_core(of); });
    }
  }
  for (const auto& [key, channel] : channels_) {
    const dcep::ChannelCounters counters = connection_.data().channels().counters(key);
    auto& stats = builder.add<RTCDataChannelStats>(RTCStatsType::DataChannel, "channel" + std::to_string(key.get()));
    stats.label = channel.core->init.label;
    stats.protocol = channel.core->init.protocol;
    if (const int id = channel.core->id; id >= 0) stats.dataChannelIdentifier = static_cast<std::uint16_t>(id);
    stats.state = channel.core->state;
    stats.messagesSent = static_cast<std::uint32_t>(counters.messages_sent);
    stats.bytesSent = counters.bytes_sent;
    stats.messagesReceived = static_cast<std::uint32_t>(counters.messages_received);
    stats.bytesReceived = counters.bytes_received;
  }
  if (!closed_) connection_.measure_round_trips();
  return stats::disguise(std::move(builder).objects(), stats_key_);
}

/// webrtc-pc section 8.5: the one sender or receiver that has the track.
void Peer::stats_of(const std::shared_ptr<MediaStreamTrack>& track, const PromiseResolver<RTCStatsReport>& done) {
  std::vector<std::pair<Side, const TransceiverCore*>> owners;
  for (const auto& [core, object] : transceivers_) {
    if (core->state.stopped) continue;
    if (core->sender_track == track) owners.emplace_back(Side::Sender, core.get());
    if (core->receiver_track == track) owners.emplace_back(Side::Receiver, core.get());
  }
  if (owners.size() != 1) return done.reject(InvalidAccessError("not exactly one sender or receiver has the track"));
  done.resolve(stats_of(*owners.front().second, owners.front().first));
}

RTCStatsReport Peer::stats_of(const TransceiverCore& core, Side side) {
  const RTCStatsReport all = stats();
  std::vector<std::string> streams;
  for (const auto& [id, stats] : all) {
    const auto* sent = RTCStatsReport::as<RTCOutboundRtpStreamStats>(stats);
    const auto* received = RTCStatsReport::as<RTCInboundRtpStreamStats>(stats);
    const std::optional<std::string>* mid = nullptr;
    if (sent != nullptr && side == Side::Sender) mid = &sent->mid;
    if (received != nullptr && side == Side::Receiver) mid = &received->mid;
    if (mid != nullptr && core.section && *mid == core.section->mid) streams.push_back(id);
  }
  return stats::select(all, std::move(streams));
}

}  // namespace parley::api
