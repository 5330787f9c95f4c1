// The size of packets: what PathSize decides, done.
#include "base/reactor.hpp"
#include "sctp/association_impl.hpp"

namespace parley::sctp {

void Association::Impl::follow_path() {
  if (state != State::Connected) return;
  const TimePoint now = Clock::now();
  while (const auto output = path.next(now)) {
    ++counters.packets_sent;
    counters.bytes_sent += output->packet.size();
    if (output->probe) {
      handler->on_sctp_probe(output->packet);
    } else {
      handler->on_sctp_packet(output->packet);
    }
  }
  if (path.size() != path_size) {
    path_size = path.size();
    socket.set_path_mtu(path_size);
  }
  if (path.deadline() == path_due) return;
  path_due = path.deadline();
  path_timer.cancel();
  if (path_due)
    path_timer = loop.reactor().after(std::max(*path_due - now, Duration::zero()), [this] { path_fired(); });
}

void Association::Impl::path_fired() {
  const auto keep = self.lock();
  path_due.reset();
  follow_path();
}

/// From inside the stack, where nothing can be changed.
void Association::Impl::follow_path_later() {
  if (std::exchange(following_path, true)) return;
  later([](Impl& impl) {
    impl.following_path = false;
    impl.follow_path();
  });
}

void Association::Impl::path_changed() {
  path.path_changed();
  follow_path();
}

}  // namespace parley::sctp
