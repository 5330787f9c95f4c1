#include "ice/nice_session.hpp"

#include <agent.h>
#include <gio/gio.h>

#include <utility>

#include "ice/inbound_tap.hpp"
#include "ice/nice_convert.hpp"

namespace parley::ice {
namespace {

constexpr unsigned kPacingMs = 5;  // Ta, the least that RFC 8445 section 14.2 allows
constexpr unsigned kIdleMs = 2000;
constexpr Duration kFarewell = 50ms;
constexpr unsigned kSettledIdleMs = 50;  // the least that libnice takes

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
    self->sink_.on_nice_pair(self->as_seen(*local, *remote), from_nice(*remote));
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

NiceSession::NiceSession(Reactor& reactor, const Options& options, Sink& sink)
    : sink_(sink), driver_(reactor), tap_(options.tap) {
  const auto flags = static_cast<NiceAgentOption>(NICE_AGENT_OPTION_REGULAR_NOMINATION | NICE_AGENT_OPTION_ICE_TRICKLE |
                                                  NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  agent_ = nice_agent_new_full(driver_.context(), NICE_COMPATIBILITY_RFC5245, flags);
  g_object_set(agent_, "upnp", FALSE, "ice-tcp", FALSE, "ice-udp", TRUE, "controlling-mode",
               options.controlling ? TRUE : FALSE, "force-relay", options.relay_only ? TRUE : FALSE,
               "stun-pacing-timer", kPacingMs, "idle-timeout", kIdleMs, nullptr);
  stream_ = nice_agent_add_stream(agent_, kComponent);
  set_local_credentials(options.local);
  if (options.port_max != 0) nice_agent_set_port_range(agent_, stream_, kComponent, options.port_min, options.port_max);
  const auto connect = [this](const char* name, GCallback callback) { g_signal_connect(agent_, name, callback, this); };
  connect("new-candidate-full", G_CALLBACK(Signals::candidate));
  connect("candidate-gathering-done", G_CALLBACK(Signals::gathered));
  connect("component-state-changed", G_CALLBACK(Signals::state));
  connect("new-selected-pair-full", G_CALLBACK(Signals::pair));
  nice_agent_attach_recv(agent_, stream_, kComponent, driver_.context(), Signals::packet, this);
  driver_.on_arrival([this](int fd) { look(fd); }, [this](int fd) { hasten(fd); });
  driver_.sync();
}

NiceSession::~NiceSession() {
  // Only when the loop ends early: servers get the chance to hear that their allocations are free.
  if (!closing_ && relays_ > 0) close([] {});
  if (!closing_) g_signal_handlers_disconnect_by_data(agent_, this);
  const ThreadDefaultContext here(driver_.context());
  if (closing_ && relays_ > 0 && !is_closed_)
    for (const TimePoint end = Clock::now() + kFarewell; !is_closed_ && Clock::now() < end;) driver_.iterate(end);
  driver_.unwatch();  // before the sockets are closed: their numbers may be somebody else's at once
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
  for (const int socket : sockets()) {
    udp_.emplace_back(socket, local_address(socket));
    if (tap_) inbound_tap::start(socket);
  }
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

void NiceSession::set_local_credentials(const Credentials& local) {
  nice_agent_set_local_credentials(agent_, stream_, local.ufrag.c_str(), local.password.c_str());
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

void NiceSession::mark(std::uint8_t dscp) { nice_agent_set_stream_tos(agent_, stream_, dscp << 2); }

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
