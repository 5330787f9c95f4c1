#include <utility>

#include "ice/core.hpp"
#include "ice/send_whole.hpp"

namespace parley::ice {
namespace {

/// A batch of this size leaves at once: offload takes no more in one call anyway.
constexpr std::size_t kFlushBytes = SendBatch::kMaxRunBytes;
/// A socket of our own takes longer to set up (most of it the kernel's, for the selector) than it saves to a connection
/// that is idle once it is open: handshakes are 20 packets or so.
constexpr std::size_t kWorthASocket = 32;
/// libnice does not say when a full socket has room again.
constexpr Duration kRetry = 1ms;

}  // namespace

/// Data goes around libnice from now on, if the selected pair is one of plain UDP.
void Agent::Core::open_direct() {
  const auto peer = std::exchange(direct_peer_, std::nullopt);
  const int socket = peer ? nice_->selected_socket() : -1;
  blocked_ = false;  // by a socket that may be another one now
  if (socket < 0) {
    direct_.reset();
    return;
  }
  const SocketAddress local = local_address(socket);
  if (!direct_ || !(direct_->local() == local)) {
    direct_.reset();
    for (HostSocket& host : hosts_)
      if (host.base == local) direct_ = std::move(host.direct);
    if (!direct_) direct_ = DirectSocket::open(reactor_, socket, stun_tag_, DirectSocket::Purpose::Data, *this);
  }
  if (direct_) {
    direct_->carry(*peer);
    for (const Paths::Choice& valid : paths_.valid()) direct_->accept(valid.path.remote);
  }
  nice_->drain(socket);  // what came first is delivered first
}

void Agent::Core::count_through_nice(std::size_t packets) {
  through_nice_ += packets;
  if (through_nice_ < kWorthASocket || !direct_peer_) return;
  later([](Core& core) {
    if (core.direct_peer_) core.open_direct();
  });
}

void Agent::Core::send(ByteView packet, Mark mark) {
  if (!writable()) return count_discarded(1, packet.size());
  if (!batch_.push(packet, blocked_ ? kMaxQueuedBytes : kFlushBytes, mark)) {
    if (!blocked_) flush();
    if (!batch_.push(packet, kMaxQueuedBytes, mark)) return count_discarded(1, packet.size());
  }
  if (flush_due_) return;
  flush_due_ = true;
  reactor_.at_turn_end([core = self_.lock()] {
    core->flush_due_ = false;
    if (!core->blocked_) core->flush();
  });
}

void Agent::Core::count_discarded(std::size_t packets, std::size_t bytes) {
  counters_.packets_discarded += packets;
  counters_.bytes_discarded += bytes;
}

void Agent::Core::flush() {
  if (batch_.empty()) return;
  const std::uint64_t before = counters_.packets_sent;
  if (!writable()) {
    for (const SendBatch::Run& run : batch_.runs()) count_discarded(run.count, run.size);
    batch_.clear();
  } else if (direct_) {
    blocked_ = !direct_->send(batch_);
  } else {
    send_through_nice();
  }
  if (counters_.packets_sent != before) last_.sent = Clock::now();
}

void Agent::Core::send_probe(ByteView packet) {
  const int socket = writable() ? nice_->selected_socket() : -1;
  const auto peer = socket < 0 ? std::nullopt : SocketAddress::parse(pair_->remote.address, pair_->remote.port);
  if (!peer) return;
  flush();
  if (blocked_ || !send_whole(socket, packet, *peer)) return;
  ++counters_.packets_sent;
  counters_.bytes_sent += packet.size();
  last_.sent = Clock::now();
}

void Agent::Core::send_through_nice() {
  std::vector<ByteView> packets;
  blocked_ = false;
  while (!batch_.empty()) {
    const SendBatch::Run run = batch_.runs().front();
    batch_.split(run, packets);
    if (run.mark.dscp != std::exchange(nice_dscp_, run.mark.dscp)) nice_->mark(run.mark.dscp);
    const std::size_t sent = nice_->send(packets);
    counters_.packets_sent += sent;
    count_through_nice(sent);
    for (std::size_t i = 0; i < sent; ++i) counters_.bytes_sent += packets[i].size();
    if (sent == packets.size()) {
      batch_.pop(1);
      continue;
    }
    // The front of the run has left: keep the rest.
    blocked_ = true;
    batch_.trim(sent);
    retry_ = reactor_.after(kRetry, [this] {
      if (!closed_) flush();
    });
    return;
  }
}

void Agent::Core::on_direct_writable() {
  if (closed_) return;
  blocked_ = false;
  flush();
}

void Agent::Core::on_direct_heard(Ecn mark) {
  arrival_mark_ = mark;
  const TimePoint now = Clock::now();
  last_.received = now;
  if (checks_.heard(now)) later([](Core& core) { core.update_state(); });
}

void Agent::Core::on_nice_packet(ByteView packet) {
  on_direct_heard(Ecn::NotCapable);
  count_through_nice(1);
  on_direct_packet(packet);
}

void Agent::Core::on_direct_packet(ByteView packet) {
  if (closed_) return;
  ++counters_.packets_received;
  counters_.bytes_received += packet.size();
  handler_->on_ice_packet(packet);
}

}  // namespace parley::ice
