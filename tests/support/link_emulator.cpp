#include "support/link_emulator.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "support/datagram_socket.hpp"

namespace parley::test {

/// The thread and what it works on.
class LinkEmulator::Relay {
 public:
  Relay(DatagramSocket to_a, DatagramSocket to_b, const LinkEmulatorConfig& config, int wake)
      : a_{.socket = std::move(to_a), .inward = LinkDirection(config.a_to_b)},
        b_{.socket = std::move(to_b), .inward = LinkDirection(config.b_to_a)},
        wake_(wake),
        thread_([this] { run(); }) {}
  ~Relay() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake();
    thread_.join();
    ::close(wake_);
  }

  /// One side: the socket that faces it, where it is, and the direction that leads away from it.
  struct Side {
    DatagramSocket socket;
    LinkDirection inward;
    std::optional<Endpoint> at{};
  };
  template <class F>
  auto locked(F use) {
    const std::lock_guard lock(mutex_);
    return use(a_, b_);
  }
  void wake() {
    const std::uint64_t one = 1;
    // The counter can only be full if the thread is to be woken anyway.
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  }

 private:
  void run();
  std::optional<TimePoint> turn();
  void take_in(Side& side, TimePoint now);
  static void give_out(Side& from, Side& to, TimePoint now, std::vector<Bytes>& spare);
  void wait(std::optional<TimePoint> until);

  std::mutex mutex_;
  Side a_;
  Side b_;
  int wake_;
  bool ending_ = false;
  /// Buffers of delivered packets, to be used again.
  std::vector<Bytes> spare_;
  std::thread thread_;
};

void LinkEmulator::Relay::run() {
  // Linux rounds sleeps to 50 µs otherwise, which is half a packet at 100 Mbit/s.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  for (;;) {
    std::optional<TimePoint> until;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      until = turn();
    }
    wait(until);
  }
}

std::optional<TimePoint> LinkEmulator::Relay::turn() {
  const TimePoint now = Clock::now();
  take_in(a_, now);
  take_in(b_, now);
  give_out(a_, b_, now, spare_);
  give_out(b_, a_, now, spare_);
  return earlier(a_.inward.next_deadline(), b_.inward.next_deadline());
}

void LinkEmulator::Relay::take_in(Side& side, TimePoint now) {
  side.socket.receive([&](ByteView packet, const Endpoint& from) {
    if (!side.at) side.at = from;
    Bytes copy;
    if (!spare_.empty()) {
      copy = std::move(spare_.back());
      spare_.pop_back();
    }
    copy.assign(packet.begin(), packet.end());
    side.inward.receive(std::move(copy), now);
  });
}

void LinkEmulator::Relay::give_out(Side& from, Side& to, TimePoint now, std::vector<Bytes>& spare) {
  std::vector<Bytes> due = from.inward.poll(now);
  if (to.at) to.socket.send(due, *to.at);
  constexpr std::size_t kMaxSpare = 4096;
  for (Bytes& packet : due)
    if (spare.size() < kMaxSpare) spare.push_back(std::move(packet));
}

void LinkEmulator::Relay::wait(std::optional<TimePoint> until) {
  timespec timeout{};
  if (until) {
    const auto left = std::max(*until - Clock::now(), Duration{});
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    timeout = {.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(left - seconds).count()};
  }
  std::array<pollfd, 3> fds{{{.fd = a_.socket.descriptor(), .events = POLLIN, .revents = 0},
                             {.fd = b_.socket.descriptor(), .events = POLLIN, .revents = 0},
                             {.fd = wake_, .events = POLLIN, .revents = 0}}};
  ::ppoll(fds.data(), fds.size(), until ? &timeout : nullptr, nullptr);
  std::uint64_t drained = 0;
  if (fds[2].revents != 0) [[maybe_unused]]
    const auto read = ::read(wake_, &drained, sizeof drained);
}

Result<std::unique_ptr<LinkEmulator>> LinkEmulator::start(const LinkEmulatorConfig& config) {
  auto to_a = DatagramSocket::bind(config.face_to_a);
  if (!to_a) return Unexpected(std::move(to_a).error());
  auto to_b = DatagramSocket::bind(config.face_to_b);
  if (!to_b) return Unexpected(std::move(to_b).error());
  const int wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake < 0) return fail(ErrorKind::OperationError, std::string("eventfd: ") + std::strerror(errno));
  auto relay = std::make_unique<Relay>(std::move(*to_a), std::move(*to_b), config, wake);
  return std::unique_ptr<LinkEmulator>(new LinkEmulator(std::move(relay)));
}

LinkEmulator::LinkEmulator(std::unique_ptr<Relay> relay) : relay_(std::move(relay)) {}
LinkEmulator::~LinkEmulator() = default;

Endpoint LinkEmulator::face_to_a() const {
  return relay_->locked([](auto& a, auto&) { return a.socket.local(); });
}

Endpoint LinkEmulator::face_to_b() const {
  return relay_->locked([](auto&, auto& b) { return b.socket.local(); });
}

void LinkEmulator::set_a(const Endpoint& at) {
  relay_->locked([&](auto& a, auto&) { a.at = at; });
}

void LinkEmulator::set_b(const Endpoint& at) {
  relay_->locked([&](auto&, auto& b) { b.at = at; });
}

void LinkEmulator::set_rules(const LinkRules& a_to_b, const LinkRules& b_to_a) {
  relay_->locked([&](auto& a, auto& b) {
    a.inward.set_rules(a_to_b);
    b.inward.set_rules(b_to_a);
  });
}

LinkEmulator::Counters LinkEmulator::counters() const {
  return relay_->locked([](auto& a, auto& b) {
    return Counters{.a_to_b = a.inward.counters(),
                    .b_to_a = b.inward.counters(),
                    .kernel_drops = a.socket.kernel_drops() + b.socket.kernel_drops()};
  });
}

}  // namespace parley::test
