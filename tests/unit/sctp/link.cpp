#include "unit/sctp/link.hpp"

#include "base/reactor.hpp"

namespace parley::sctp::testing {

void End::on_sctp_packet(ByteView packet) {
  ++packets;
  largest_packet = std::max(largest_packet, packet.size());
  if (filter && !filter(packet)) return;
  if (chance(path.loss)) return;
  carry({packet.begin(), packet.end()});
  if (chance(path.duplicate)) carry({packet.begin(), packet.end()});
}

void End::carry(Bytes packet) {
  Duration delay = path.delay;
  if (path.jitter > Duration::zero())
    delay += Duration(std::uniform_int_distribution<Duration::rep>(0, path.jitter.count())(random));
  auto arrive = [to = std::weak_ptr(peer->alive), packet = std::move(packet)] {
    const auto end = to.lock();
    if (end && (*end)->association) (*end)->association->receive(packet);
  };
  if (delay > Duration::zero()) {
    peer->loop.after(delay, std::move(arrive));
  } else {
    peer->loop.post(std::move(arrive));
  }
}

void Sender::pump() {
  std::size_t busy = 0;
  while (!queue_.empty() && busy < queue_.size()) {
    One& one = queue_.front();
    ByteView rest = ByteView(one.bytes).subspan(one.taken);
    const SendResult result = end_.association->send(one.info, rest);
    one.taken = one.bytes.size() - rest.size();
    if (result == SendResult::WouldBlock) return;
    busy = result == SendResult::Busy ? busy + 1 : 0;
    if (result == SendResult::Failed) failed = true;
    if (result == SendResult::Busy || (result == SendResult::Partial && turns)) queue_.push_back(std::move(one));
    if (result != SendResult::Partial || turns) queue_.pop_front();
  }
}

std::size_t Sender::left() const {
  std::size_t sum = 0;
  for (const One& one : queue_) sum += one.bytes.size() - one.taken;
  return sum;
}

void TwoEnds::wait(const std::function<bool()>& condition, Duration limit) {
  // Looked at on the loop after every millisecond, so that nothing is read while it changes.
  struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    bool met = false, over = false;
    std::function<void()> look;
  };
  auto state = std::make_shared<Waiting>();
  const TimePoint end = Clock::now() + limit;
  state->look = [this, end, condition, weak = std::weak_ptr(state)] {
    const auto now = weak.lock();
    if (!now) return;
    const bool met = condition();
    if (met || Clock::now() > end) {
      const std::lock_guard lock(now->mutex);
      now->met = met;
      now->over = true;
      now->changed.notify_one();
    } else {
      loop_a->after(1ms, [weak] {
        if (const auto again = weak.lock()) again->look();
      });
    }
  };
  loop_a->post([state] { state->look(); });
  std::unique_lock lock(state->mutex);
  state->changed.wait(lock, [&] { return state->over; });
  ASSERT_TRUE(state->met) << "waited in vain";
}

}  // namespace parley::sctp::testing
