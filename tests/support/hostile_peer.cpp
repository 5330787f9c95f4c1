#include "support/hostile_peer.hpp"

#include "support/meddler.hpp"

namespace parley::test {
namespace {

ice::Agent::Config on_127() {
  ice::Agent::Config config;
  config.role = ice::Role::Controlled;
  config.loopback = ice::Loopback::Always;
  config.allow = [](std::string_view, std::string_view address) { return address == "127.0.0.1"; };
  return config;
}

}  // namespace

std::string attribute(const std::string& sdp, const std::string& name) {
  const std::string key = "\na=" + name + ":";
  const std::size_t begin = sdp.find(key);
  if (begin == std::string::npos) return {};
  const std::size_t value = begin + key.size();
  return sdp.substr(value, sdp.find_first_of("\r\n", value) - value);
}

HostilePeer::HostilePeer(Options options) : options_(std::move(options)) {
  if (!options_.certificate) options_.certificate = *dtls::Certificate::generate();
  loop_->run([&] {
    agent_ = std::make_unique<ice::Agent>(*loop_, on_127(), static_cast<ice::Agent::Handler&>(*this));
    dtls_ = std::make_unique<dtls::Transport>(options_.certificate, static_cast<dtls::Transport::Handler&>(*this));
    deadline_ = std::make_unique<session::Deadline<dtls::Transport>>(*loop_, *dtls_);
    credentials_ = agent_->local_credentials();
    agent_->gather();
  });
  wait([&] { return agent_->gathering_complete(); });
}

HostilePeer::~HostilePeer() {
  // It says no goodbye.
  loop_->run([&] {
    agent_->close();
    deadline_.reset();
    dtls_.reset();
    on_record_ = nullptr;
    on_connected_ = nullptr;
  });
  loop_->run([&] { agent_.reset(); });
}

bool HostilePeer::wait(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const TimePoint end = Clock::now() + limit;
  while (!loop_->run(condition)) {
    if (Clock::now() > end) return false;
    loop_->delay(std::chrono::milliseconds(2)).get();
  }
  return true;
}

Promise<void> HostilePeer::answer(RTCPeerConnection& victim) {
  co_await victim.setLocalDescription();
  co_await gathered(victim);
  const std::string sdp = describe(victim.localDescription()->sdp());
  co_await victim.setRemoteDescription({RTCSdpType::Answer, sdp});
}

std::string HostilePeer::describe(const std::string& offer) {
  if (const auto print = dtls::parse_fingerprint(attribute(offer, "fingerprint"))) remote_fingerprints_ = {*print};
  std::string candidates;
  loop_->run([&] {
    for (const auto& [candidate, source] : agent_->local_candidates())
      candidates += "a=" + ice::print_candidate(candidate) + "\r\n";
    agent_->set_remote_credentials({attribute(offer, "ice-ufrag"), attribute(offer, "ice-pwd")});
    if (const auto theirs = ice::parse_candidate("candidate:" + attribute(offer, "candidate")))
      agent_->add_remote_candidate(*theirs);
  });
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE " + attribute(offer, "mid") +
         "\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" + candidates +
         "a=end-of-candidates\r\na=ice-ufrag:" + credentials_.ufrag + "\r\na=ice-pwd:" + credentials_.password +
         "\r\na=fingerprint:" +
         options_.fingerprint.value_or(to_string(options_.certificate->fingerprint(dtls::Hash::Sha256))) +
         "\r\na=setup:" + options_.setup + "\r\na=mid:" + attribute(offer, "mid") +
         "\r\na=sctp-port:5000\r\na=max-message-size:" + std::to_string(options_.max_message_size) + "\r\n";
}

void HostilePeer::send_datagram(ByteView datagram) { agent_->send(datagram); }

void HostilePeer::on_ice_state(ice::State state) {
  if (state != ice::State::Connected && state != ice::State::Completed) return;
  if (dtls_ && dtls_->state() == dtls::State::New) dtls_->start(options_.role, remote_fingerprints_, Clock::now());
  if (deadline_) deadline_->update();
}

void HostilePeer::on_ice_packet(ByteView packet) {
  if (packet.empty() || packet[0] < 20 || packet[0] > 63 || !dtls_) return;
  dtls_->receive(packet, Clock::now());
  if (deadline_) deadline_->update();
}

void HostilePeer::on_dtls_connected() {
  if (on_connected_) on_connected_();
}

void HostilePeer::on_dtls_data(ByteView data) {
  if (on_record_) on_record_(data);
}

}  // namespace parley::test
