#include "session/transport.hpp"

#include <algorithm>

#include "session/demultiplex.hpp"

namespace parley::session {

static bool has_path(ice::State state) { return state == ice::State::Connected || state == ice::State::Completed; }

/// The first pair is a change, too.
static ice::Counters counted(const ice::Agent& agent) {
  ice::Counters counters = agent.counters();
  if (agent.selected_pair()) ++counters.pair_changes;
  return counters;
}

Transport::Generation::Generation(Transport& owner_, EventLoop& loop, ice::Agent::Config config)
    : owner(owner_), ufrag(config.local.ufrag), agent(loop, std::move(config), *this) {}

Transport::Generation::Generation(Transport& owner_, ice::Agent pooled, const ice::Agent::Config& config)
    : owner(owner_), ufrag(config.local.ufrag), agent(std::move(pooled)) {
  agent.hand_over({.handler = *this, .role = config.role, .local = config.local});
}

void Transport::Generation::on_ice_candidate(const ice::Candidate& local, const ice::CandidateSource& source) {
  if (owner.observer_ != nullptr) owner.observer_->on_local_candidate(owner, ufrag, local, source);
}

void Transport::Generation::on_ice_candidate_error(const ice::CandidateError& error) {
  if (owner.observer_ != nullptr) owner.observer_->on_candidate_error(owner, error);
}

void Transport::Generation::on_ice_gathering_complete() {
  complete = true;
  if (owner.observer_ != nullptr) owner.observer_->on_gathering_complete(owner, ufrag);
}

void Transport::Generation::on_ice_state(ice::State state) { owner.generation_changed_state(*this, state); }

void Transport::Generation::on_ice_selected_pair(const ice::Candidate&, const ice::Candidate&) {
  if (owner.leaving_.generation == this) return;
  if (owner.observer_ != nullptr) owner.observer_->on_selected_pair(owner);
  if (owner.observer_ != nullptr && owner.carrier_ == this) owner.observer_->on_path_changed(owner);
}

void Transport::Generation::on_ice_packet(ByteView packet) {
  if (owner.leaving_.generation == this) owner.leaving_.heard = true;
  owner.arrival_mark_ = agent.arrival_mark();
  owner.receive(packet);
}

// SRTP is negotiated even without media: it may come later over the same association (RFC 8842 section 3), and pion
// ends a handshake without use_srtp with an alert.
static std::unique_ptr<dtls::Transport> make_dtls(const std::shared_ptr<const dtls::Certificate>& certificate,
                                                  dtls::Transport::Handler& handler) {
  using enum dtls::SrtpProfile;
  return std::make_unique<dtls::Transport>(
      certificate, handler, dtls::Config{.srtp_profiles = {AeadAes128Gcm, AeadAes256Gcm, Aes128CmSha1_80}});
}

Transport::Transport(EventLoop& loop, std::shared_ptr<const dtls::Certificate> certificate, Observer& observer)
    : loop_(loop),
      certificate_(std::move(certificate)),
      observer_(&observer),
      dtls_(make_dtls(certificate_, *this)),
      dtls_deadline_(std::make_unique<Deadline<dtls::Transport>>(loop_, *dtls_)) {}

Transport::~Transport() { close(); }

void Transport::start_generation(ice::Agent::Config config, std::optional<ice::Agent> pooled) {
  fast_path_ = config.fast_path;
  const auto before = std::find_if(generations_.rbegin(), generations_.rend(),
                                   [](const auto& generation) { return generation->knows_other_side(); });
  if (before != generations_.rend()) config.role = (*before)->agent.role();
  generations_.push_back(pooled ? std::make_unique<Generation>(*this, *std::move(pooled), config)
                                : std::make_unique<Generation>(*this, loop_, std::move(config)));
  if (carrier_ == nullptr) carrier_ = generations_.back().get();
  generations_.back()->agent.gather();
}

Transport::Generation* Transport::find(std::string_view ufrag) {
  const auto found = std::find_if(generations_.begin(), generations_.end(),
                                  [ufrag](const auto& generation) { return generation->ufrag == ufrag; });
  return found == generations_.end() ? nullptr : found->get();
}

void Transport::take_control(std::string_view ufrag) {
  if (Generation* generation = find(ufrag)) generation->agent.set_role(ice::Role::Controlling);
}

void Transport::start_checks(std::string_view ufrag, const ice::Credentials& remote) {
  Generation* generation = find(ufrag);
  if (generation == nullptr) return;
  generation->agent.set_remote_credentials(remote);
}

void Transport::add_remote_candidate(std::string_view ufrag, const ice::Candidate& candidate) {
  if (Generation* generation = find(ufrag)) generation->agent.add_remote_candidate(candidate);
}

void Transport::set_remote_end_of_candidates(std::string_view ufrag) {
  if (Generation* generation = find(ufrag)) generation->agent.set_remote_end_of_candidates();
}

void Transport::abandon(std::string_view ufrag) {
  Generation* generation = find(ufrag);
  if (generation == nullptr) return;
  generation->abandoned = true;
  if (generation == generations_.back().get()) {
    retire(*generation);
  } else if (generation != carrier_) {
    leave(*generation);
  }
}

/// What is on its way may arrive, and a peer may send by this path longer than we do: Chromium does so for up to two
/// seconds if it is controlled. Only the last one is listened to, so restarts one after the other cost no more.
void Transport::leave(Generation& generation) {
  if (leaving_.generation != nullptr) retire(*leaving_.generation);
  if (!generation.agent.selected_pair()) return retire(generation);
  leaving_.generation = &generation;
  leaving_.rounds = 0;
  listen_on();
}

/// Three seconds: RFC 8445 section 8.3.1. Ten times at most, since the peer's checks are answered as long as we listen.
void Transport::listen_on() {
  constexpr Duration kRound = 3s;
  constexpr int kMostRounds = 10;
  leaving_.heard = false;
  ++leaving_.rounds;
  leaving_.timer = loop_.reactor().at(Clock::now() + kRound, [this] {
    if (leaving_.heard && leaving_.rounds < kMostRounds) return listen_on();
    retire(*leaving_.generation);
  });
}

void Transport::retire(Generation& generation) {
  if (leaving_.generation == &generation) {
    leaving_.generation = nullptr;
    leaving_.timer.cancel();
  }
  generation.agent.close();
  retired_ = retired_ + counted(generation.agent);
  if (carrier_ == &generation) carrier_ = nullptr;
  const auto found = std::find_if(generations_.begin(), generations_.end(),
                                  [&generation](const auto& other) { return other.get() == &generation; });
  // It may be the one that is calling us.
  loop_.post([gone = std::shared_ptr<Generation>(std::move(*found))] {});
  generations_.erase(found);
  if (carrier_ == nullptr && !generations_.empty()) carry(generations_.back().get());
}

void Transport::carry(Generation* generation) {
  carrier_ = generation;
  if (observer_ != nullptr) observer_->on_path_changed(*this);
}

void Transport::generation_changed_state(Generation& generation, ice::State state) {
  if (has_path(state) && !generation.abandoned && carrier_ != &generation) carry(&generation);
  if (has_path(state) && carrier_ == &generation && !generation.abandoned) {
    std::vector<Generation*> replaced;
    for (const auto& other : generations_)
      if (other->abandoned && other.get() != leaving_.generation) replaced.push_back(other.get());
    for (Generation* other : replaced) leave(*other);
  }
  if (&generation.agent != active() && &generation != carrier_) return;
  if (observer_ != nullptr) observer_->on_ice_state(*this);
  begin_handshake_if_ready();
}

void Transport::start_dtls(dtls::Role role, std::vector<dtls::Fingerprint> remote) {
  if (observer_ == nullptr) return;
  if (dtls_->state() != dtls::State::New || dtls_start_) {
    // A new association (RFC 8842 section 3.1). The old object may be the one that is calling us.
    dtls_->close();
    srtp_.reset();
    loop_.post([old = std::shared_ptr<dtls::Transport>(std::move(dtls_)),
                deadline = std::shared_ptr<Deadline<dtls::Transport>>(std::move(dtls_deadline_))] {});
    dtls_ = make_dtls(certificate_, *this);
    dtls_deadline_ = std::make_unique<Deadline<dtls::Transport>>(loop_, *dtls_);
  }
  dtls_start_ = DtlsStart{role, std::move(remote)};
  begin_handshake_if_ready();
}

void Transport::begin_handshake_if_ready() {
  if (!dtls_start_ || observer_ == nullptr || active() == nullptr || !has_path(active()->state())) return;
  DtlsStart start = *std::exchange(dtls_start_, std::nullopt);
  dtls_->start(start.role, std::move(start.remote), Clock::now());
  dtls_deadline_->update();
  if (dtls_->state() == dtls::State::Connecting) report_dtls(std::nullopt);
}

void Transport::close() {
  if (observer_ == nullptr) return;
  observer_ = nullptr;
  leaving_.timer.cancel();
  dtls_->close();
  for (const auto& generation : generations_) {
    generation->agent.flush();
    generation->agent.close();
  }
}

Transport::Gathering Transport::gathering() const {
  if (generations_.empty()) return Gathering::New;
  return generations_.back()->complete ? Gathering::Complete : Gathering::Gathering;
}

const ice::Agent* Transport::newest() const { return generations_.empty() ? nullptr : &generations_.back()->agent; }

const ice::Agent* Transport::active() const {
  const auto found = std::find_if(generations_.rbegin(), generations_.rend(),
                                  [](const auto& generation) { return generation->knows_other_side(); });
  return found == generations_.rend() ? newest() : &(*found)->agent;
}

std::vector<const ice::Agent*> Transport::agents() const {
  std::vector<const ice::Agent*> agents;
  agents.reserve(generations_.size());
  for (const auto& generation : generations_) agents.push_back(&generation->agent);
  return agents;
}

ice::Counters Transport::counters() const {
  ice::Counters sum = retired_;
  for (const auto& generation : generations_) sum = sum + counted(generation->agent);
  return sum;
}

void Transport::measure_round_trip() {
  if (carrier_ != nullptr) carrier_->agent.measure_round_trip();
}

ice::State Transport::ice_state() const {
  if (observer_ == nullptr) return ice::State::Closed;
  const ice::Agent* agent = active();
  if (agent == nullptr) return ice::State::New;
  const bool looks = agent->state() == ice::State::New || agent->state() == ice::State::Checking;
  if (!looks || carrier() == nullptr || carrier() == agent || carrier()->state() == ice::State::New)
    return agent->state();
  return has_path(carrier()->state()) ? ice::State::Connected : ice::State::Checking;
}

dtls::State Transport::dtls_state() const { return observer_ == nullptr ? dtls::State::Closed : dtls_->state(); }

void Transport::receive(ByteView packet) {
  if (observer_ == nullptr) return;
  const Protocol protocol = protocol_of(packet);
  if (protocol == Protocol::Rtp) receive_srtp(packet);
  if (protocol != Protocol::Dtls) return;  // STUN and TURN never come here
  dtls_->receive(packet, Clock::now());
  if (dtls_deadline_) dtls_deadline_->update();
}

void Transport::on_dtls_packet(ByteView datagram) {
  if (carrier_ == nullptr) return;
  if (probing_) {
    carrier_->agent.send_probe(datagram);
  } else {
    carrier_->agent.send(datagram);
  }
}

void Transport::send_probe(ByteView data) {
  probing_ = true;
  dtls_->send(data);
  probing_ = false;
}

void Transport::on_dtls_data(ByteView data) {
  if (observer_ != nullptr) observer_->on_data(*this, data);
}

void Transport::report_dtls(const std::optional<Error>& error) {
  if (observer_ != nullptr) observer_->on_dtls_state(*this, error);
}

}  // namespace parley::session
