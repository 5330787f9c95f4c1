#include "sctp/association.hpp"

#include <algorithm>
#include <cstring>

#include "base/log.hpp"
#include "sctp/association_impl.hpp"
#include "sctp/chunks.hpp"
#include "sctp/packet.hpp"

namespace parley::sctp {
namespace {
/// Before connect(): the peer's INIT and its repetitions.
constexpr std::size_t kMaxEarlyPackets = 16;
}  // namespace

Error sctp_failure(std::string message, int cause) {
  RTCErrorInit detail{.errorDetail = RTCErrorDetailType::SctpFailure};
  if (cause != 0) detail.sctpCauseCode = cause;
  return {.kind = ErrorKind::RTCError, .message = std::move(message), .detail = detail};
}

Association::Impl::Impl(EventLoop& l, const Config& c, Handler& h)
    : loop(l),
      config(c),
      handler(&h),
      socket(l, *this),
      assembly(c.max_message_size, c.max_incomplete),
      path(c.mtu, c.large_mtu),
      path_size(c.mtu) {}

void Association::Impl::output(ByteView packet) {
  if (margin.keeps(packet)) return;
  margin.sent();
  ++counters.packets_sent;
  counters.bytes_sent += packet.size();
  if (interleaving) solo.watch(packet);
  path.sent(packet, Clock::now());
  if (path.size() != path_size) follow_path_later();
  handler->on_sctp_packet(packet);
}

void Association::Impl::look() {
  const auto keep = self.lock();
  read_all();
}

void Association::Impl::connect(unsigned streams) {
  if (state != State::Idle) return;
  const auto wanted = static_cast<std::uint16_t>(std::min(streams, 65535u));
  config.streams = std::max(config.streams, wanted);
  config.max_incoming_streams = std::max(config.max_incoming_streams, wanted);
  state = State::Connecting;
  ticker = Ticker::of(loop.reactor());
  ticker->touch();
  if (const int error = socket.connect(config); error != 0) {
    later([error](Impl& impl) { impl.ended(sctp_failure(std::strerror(error), 0)); });
    return;
  }
  for (const Bytes& packet : std::exchange(early, {})) receive(packet);
}

void Association::Impl::receive(ByteView packet) {
  if (state == State::Closed || !acceptable(packet)) return;
  if (state == State::Idle) {
    if (early.size() < kMaxEarlyPackets) early.emplace_back(packet.begin(), packet.end());
    return;
  }
  if (!socket.is_open()) return;
  ++counters.packets_received;
  counters.bytes_received += packet.size();
  unread += packet.size();
  count_packet(packet.size());
  ticker->touch();
  packet = path.received(packet, Clock::now());
  if (packet.size() > kCommonHeader) socket.input(packet);
  if (state == State::Connected) keep_margin(packet);
  read_all();
  if (state != State::Connected) return;
  follow_path();
  if (!waiting_resets.empty()) retry_resets();
  if (interleaving) avoid_standstill();
  if (wanted_room > 0) offer_room();
}

void Association::Impl::close() {
  if (state == State::Closed) return;
  state = State::Closed;
  socket.close();
  handler = nullptr;
  ticker.reset();
  nudge_timer.cancel();
  path_timer.cancel();
  early.clear();
}

void Association::Impl::ended(std::optional<Error> error) {
  if (state == State::Closed) return;
  if (error) log(LogLevel::Info, "sctp", "association ended: ", error->message);
  Handler* told = handler;
  close();
  told->on_sctp_closed(error);
}

/// From the loop, if the association is still there and not closed.
void Association::Impl::later(UniqueFunction<void(Impl&)> what) {
  loop.post([weak = self, what = std::move(what)]() mutable {
    const auto impl = weak.lock();
    if (impl && impl->state != State::Closed) what(*impl);
  });
}

Association::Association(EventLoop& loop, const Config& config, Handler& handler)
    : impl_(std::make_shared<Impl>(loop, config, handler)) {
  impl_->self = impl_;
}
Association::~Association() { impl_->close(); }

// A handler may destroy the association: the inside lives until the call is over.
void Association::connect(unsigned streams) {
  const auto impl = impl_;
  impl->connect(streams);
}
void Association::receive(ByteView packet) {
  const auto impl = impl_;
  impl->receive(packet);
}
SendResult Association::send(const MessageInfo& info, ByteView& rest) { return impl_->send(info, rest); }
void Association::reset(std::span<const StreamId> streams) { impl_->reset(streams); }
void Association::path_changed() {
  const auto impl = impl_;
  impl->path_changed();
}
void Association::close() { impl_->close(); }

void Association::pause() { impl_->paused = true; }
void Association::resume() {
  if (std::exchange(impl_->paused, false)) impl_->later([](Impl& impl) { impl.look(); });
}

Stats Association::stats() const {
  Stats out = impl_->counters;
  if (!impl_->socket.is_open()) return out;
  const Stats now = impl_->socket.stats();
  out.smoothed_rtt = now.smoothed_rtt;
  out.congestion_window = now.congestion_window;
  out.receiver_window = now.receiver_window;
  out.mtu = now.mtu;
  out.unacknowledged = now.unacknowledged;
  return out;
}

bool Association::interleaving() const { return impl_->interleaving; }

}  // namespace parley::sctp
