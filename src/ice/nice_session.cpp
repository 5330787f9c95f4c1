#include "ice/nice_session.hpp"

#include <agent.h>
#include <gio/gio.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace parley::ice {
namespace {

constexpr unsigned kComponent = 1;  // rtcp-mux always: RFC 8834 section 4.5
constexpr unsigned kPacingMs = 5;   // Ta, the least that RFC 8445 section 14.2 allows
constexpr unsigned kIdleMs = 2000;
constexpr Duration kFarewell = 50ms;
constexpr unsigned kSettledIdleMs = 50;  // the least that libnice takes
constexpr const char* kCheckTimer = "Connectivity check schedule";
constexpr unsigned kMaxHastened = 24;

NiceAddress to_nice(const SocketAddress& address) {
  NiceAddress result;
  nice_address_init(&result);
  nice_address_set_from_sockaddr(&result, address.data());
  return result;
}

SocketAddress from_nice(const NiceAddress& address) {
  sockaddr_storage storage{};
  auto* plain = reinterpret_cast<sockaddr*>(&storage);
  nice_address_copy_to_sockaddr(&address, plain);
  return {plain, sizeof storage};
}

CandidateType to_type(NiceCandidateType type) {
  switch (type) {
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return CandidateType::Srflx;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return CandidateType::Prflx;
    case NICE_CANDIDATE_TYPE_RELAYED:
      return CandidateType::Relay;
    default:
      return CandidateType::Host;
  }
}

NiceCandidateType from_type(CandidateType type) {
  switch (type) {
    case CandidateType::Relay:
      return NICE_CANDIDATE_TYPE_RELAYED;
    // libnice takes no peer-reflexive candidates from signaling.
    case CandidateType::Srflx:
    case CandidateType::Prflx:
      return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
    default:
      return NICE_CANDIDATE_TYPE_HOST;
  }
}

Candidate from_nice(const NiceCandidate& nice) {
  const SocketAddress address = from_nice(nice.addr);
  Candidate result{.foundation = nice.foundation,
                   .component = nice.component_id,
                   .priority = nice.priority,
                   .address = address.address(),
                   .port = address.port(),
                   .type = to_type(nice.type)};
  if (nice.transport != NICE_CANDIDATE_TRANSPORT_UDP) {
    result.protocol = Protocol::Tcp;
    const bool active = nice.transport == NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    const bool passive = nice.transport == NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    result.tcp_type = active ? TcpType::Active : passive ? TcpType::Passive : TcpType::SimultaneousOpen;
  }
  return result;
}

NiceCandidateTransport transport_of(const Candidate& candidate) {
  if (candidate.protocol != Protocol::Tcp) return NICE_CANDIDATE_TRANSPORT_UDP;
  switch (candidate.tcp_type.value_or(TcpType::Passive)) {
    case TcpType::Active:
      return NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    case TcpType::Passive:
      return NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    default:
      return NICE_CANDIDATE_TRANSPORT_TCP_SO;
  }
}

Progress to_progress(guint state) {
  switch (state) {
    case NICE_COMPONENT_STATE_CONNECTING:
      return Progress::Checking;
    case NICE_COMPONENT_STATE_CONNECTED:
      return Progress::Connected;
    case NICE_COMPONENT_STATE_READY:
      return Progress::Ready;
    case NICE_COMPONENT_STATE_FAILED:
      return Progress::Failed;
    default:
      return Progress::Idle;
  }
}

}  // namespace

struct NiceSession::Signals {
  static void candidate(NiceAgent*, NiceCandidate* nice, gpointer self) {
    // In the priority libnice writes the place of the TURN server: bits 6 to 8 of the local preference.
    const unsigned relay = (nice->priority >> 8 >> 6) & 7U;
    static_cast<NiceSession*>(self)->sink_.on_nice_candidate({from_nice(*nice), from_nice(nice->base_addr), relay});
  }
  static void gathered(NiceAgent*, guint, gpointer self) { static_cast<NiceSession*>(self)->sink_.on_nice_gathered(); }
  static void state(NiceAgent*, guint, guint, guint state, gpointer self) {
    if (state == NICE_COMPONENT_STATE_CONNECTING) static_cast<NiceSession*>(self)->check_at_once();
    static_cast<NiceSession*>(self)->sink_.on_nice_progress(to_progress(state));
  }
  static void pair(NiceAgent*, guint, guint, NiceCandidate* local, NiceCandidate* remote, gpointer data) {
    auto* self = static_cast<NiceSession*>(data);
    self->pair_local_ = local->foundation;
    self->pair_remote_ = remote->foundation;
    self->sink_.on_nice_pair(from_nice(*local), from_nice(*remote));
  }
  static void packet(NiceAgent*, guint, guint, guint size, gchar* data, gpointer self) {
    static_cast<NiceSession*>(self)->sink_.on_nice_packet({reinterpret_cast<const std::uint8_t*>(data), size});
  }
  static void ignore(NiceAgent*, guint, guint, guint, gchar*, gpointer) {}
  static void closed(GObject*, GAsyncResult*, gpointer data) {
    const std::unique_ptr<std::weak_ptr<std::function<void()>>> closed(
        static_cast<std::weak_ptr<std::function<void()>>*>(data));
    if (const auto call = closed->lock()) (*call)();
  }
};

NiceSession::NiceSession(Reactor& reactor, const Options& options, Sink& sink) : sink_(sink), driver_(reactor) {
  const auto flags = static_cast<NiceAgentOption>(NICE_AGENT_OPTION_REGULAR_NOMINATION | NICE_AGENT_OPTION_ICE_TRICKLE |
                                                  NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  agent_ = nice_agent_new_full(driver_.context(), NICE_COMPATIBILITY_RFC5245, flags);
  g_object_set(agent_, "upnp", FALSE, "ice-tcp", FALSE, "ice-udp", TRUE, "controlling-mode",
               options.controlling ? TRUE : FALSE, "force-relay", options.relay_only ? TRUE : FALSE,
               "stun-pacing-timer", kPacingMs, "idle-timeout", kIdleMs, nullptr);
  stream_ = nice_agent_add_stream(agent_, kComponent);
  nice_agent_set_local_credentials(agent_, stream_, options.local.ufrag.c_str(), options.local.password.c_str());
  if (options.port_max != 0) nice_agent_set_port_range(agent_, stream_, kComponent, options.port_min, options.port_max);
  const auto connect = [this](const char* name, GCallback callback) { g_signal_connect(agent_, name, callback, this); };
  connect("new-candidate-full", G_CALLBACK(Signals::candidate));
  connect("candidate-gathering-done", G_CALLBACK(Signals::gathered));
  connect("component-state-changed", G_CALLBACK(Signals::state));
  connect("new-selected-pair-full", G_CALLBACK(Signals::pair));
  nice_agent_attach_recv(agent_, stream_, kComponent, driver_.context(), Signals::packet, this);
  driver_.on_arrival({}, [this](int fd) { hasten(fd); });
  driver_.sync();
}

NiceSession::~NiceSession() {
  // Only when the loop ends early: servers get the chance to hear that their allocations are free.
  if (!closing_ && relays_ > 0) close([] {});
  if (!closing_) g_signal_handlers_disconnect_by_data(agent_, this);
  const ThreadDefaultContext here(driver_.context());
  if (closing_ && relays_ > 0 && !is_closed_)
    for (const TimePoint end = Clock::now() + kFarewell; !is_closed_ && Clock::now() < end;) driver_.iterate(end);
  nice_agent_remove_stream(agent_, stream_);
  g_object_unref(agent_);
}

bool NiceSession::gather(std::span<const SocketAddress> addresses, std::optional<SocketAddress> stun_server) {
  for (const SocketAddress& address : addresses) {
    NiceAddress nice = to_nice(address);
    nice_agent_add_local_address(agent_, &nice);
  }
  if (stun_server)
    g_object_set(agent_, "stun-server", stun_server->address().c_str(), "stun-server-port",
                 static_cast<guint>(stun_server->port()), nullptr);
  const bool begun = nice_agent_gather_candidates(agent_, stream_) != FALSE;
  udp_ = sockets();
  driver_.sync();
  return begun;
}

bool NiceSession::add_relay(const SocketAddress& server, ServerTransport transport, const std::string& username,
                            const std::string& password) {
  const NiceRelayType type = transport == ServerTransport::Tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP;
  const bool begun = nice_agent_set_relay_info(agent_, stream_, kComponent, server.address().c_str(), server.port(),
                                               username.c_str(), password.c_str(), type) != FALSE;
  if (begun) ++relays_;
  driver_.sync();
  return begun;
}

void NiceSession::set_controlling(bool controlling) {
  g_object_set(agent_, "controlling-mode", controlling ? TRUE : FALSE, nullptr);
}

void NiceSession::set_remote_credentials(const Credentials& remote) {
  nice_agent_set_remote_credentials(agent_, stream_, remote.ufrag.c_str(), remote.password.c_str());
  driver_.sync();
}

void NiceSession::add_remote_candidate(const Candidate& remote, const SocketAddress& address,
                                       const std::string& foundation) {
  NiceCandidate* nice = nice_candidate_new(from_type(remote.type));
  nice->component_id = kComponent;
  nice->stream_id = stream_;
  nice->transport = transport_of(remote);
  nice->addr = to_nice(address);
  nice->priority = remote.priority;
  g_strlcpy(nice->foundation, foundation.c_str(), sizeof nice->foundation);
  GSList list{nice, nullptr};
  nice_agent_set_remote_candidates(agent_, stream_, kComponent, &list);
  nice_candidate_free(nice);
  driver_.sync();
}

void NiceSession::end_of_remote_candidates() { nice_agent_peer_candidate_gathering_done(agent_, stream_); }

void NiceSession::settle() {
  settled_ = true;
  g_object_set(agent_, "idle-timeout", kSettledIdleMs, nullptr);
}

void NiceSession::renew_consent() {
  const std::string local = pair_local_, remote = pair_remote_;  // the call changes them
  nice_agent_set_selected_pair(agent_, stream_, kComponent, local.c_str(), remote.c_str());
  driver_.sync();
}

// libnice's timer is known by name only: if another version calls it otherwise, checks are up to 10 ms later.

void NiceSession::check_at_once() {
  // RFC 8445 section 6.1.4.2 lets the first check go when checks begin; libnice waits for Ta to pass once.
  if (!std::exchange(checking_, true)) driver_.expire(kCheckTimer);
}

void NiceSession::hasten(int fd) {
  // What arrives may be answered: with a triggered check, with a nomination. libnice decides on one tick of its timer
  // and sends on the next; Ta is there to pace checks that nobody has asked for. Only so often, since every tick may
  // begin one of those, too.
  if (!checking_ || settled_ || closing_ || hastened_ == kMaxHastened) return;
  if (std::find(udp_.begin(), udp_.end(), fd) == udp_.end()) return;
  ++hastened_;
  for (int tick = 0; tick < 2 && driver_.expire(kCheckTimer); ++tick) driver_.dispatch_due();
}

std::size_t NiceSession::send(std::span<const ByteView> packets) {
  constexpr std::size_t kBatch = 32;
  std::size_t done = 0;
  while (done < packets.size()) {
    GOutputVector vectors[kBatch];
    NiceOutputMessage messages[kBatch];
    const std::size_t count = std::min(kBatch, packets.size() - done);
    for (std::size_t i = 0; i < count; ++i) {
      vectors[i] = {packets[done + i].data(), packets[done + i].size()};
      messages[i] = {&vectors[i], 1};
    }
    GError* error = nullptr;
    const int sent = nice_agent_send_messages_nonblocking(agent_, stream_, kComponent, messages,
                                                          static_cast<guint>(count), nullptr, &error);
    const bool blocked = error != nullptr && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) != FALSE;
    g_clear_error(&error);
    if (blocked) break;
    done += sent > 0 ? static_cast<std::size_t>(sent) : 1;  // an error costs one packet
  }
  return done;
}

int NiceSession::selected_socket() const {
  GSocket* socket = nice_agent_get_selected_socket(agent_, stream_, kComponent);
  if (socket == nullptr) return -1;
  const int fd = g_socket_get_fd(socket);
  g_object_unref(socket);
  return fd;
}

std::vector<int> NiceSession::sockets() const {
  std::vector<int> result;
  GPtrArray* sockets = nice_agent_get_sockets(agent_, stream_, kComponent);
  if (sockets == nullptr) return result;
  for (guint i = 0; i < sockets->len; ++i) {
    auto* socket = static_cast<GSocket*>(g_ptr_array_index(sockets, i));
    if (g_socket_get_socket_type(socket) == G_SOCKET_TYPE_DATAGRAM) result.push_back(g_socket_get_fd(socket));
  }
  g_ptr_array_unref(sockets);
  return result;
}

int NiceSession::socket_of(const SocketAddress& local) const {
  for (const int socket : sockets())
    if (local_address(socket) == local) return socket;
  return -1;
}

void NiceSession::close(std::function<void()> closed) {
  closing_ = true;
  closed_ = std::make_shared<std::function<void()>>([this, closed = std::move(closed)] {
    is_closed_ = true;
    closed();
  });
  // Without a receiver libnice would not read, and never see the TURN server's answer.
  nice_agent_attach_recv(agent_, stream_, kComponent, driver_.context(), Signals::ignore, nullptr);
  g_signal_handlers_disconnect_by_data(agent_, this);
  driver_.set_descriptors_change(true);
  const ThreadDefaultContext here(driver_.context());
  nice_agent_close_async(agent_, Signals::closed, new std::weak_ptr<std::function<void()>>(closed_));
  driver_.sync();
}

}  // namespace parley::ice
