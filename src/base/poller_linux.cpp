#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <unordered_map>

#include "base/poller.hpp"
#include "parley/errors.hpp"

namespace parley {
namespace {

int make_epoll() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw OperationError("no descriptor for an event loop");
  return fd;
}

/// epoll_pwait2 waits in nanoseconds; kernels before 5.11 and some sandboxes have only milliseconds, rounded up so that
/// a deadline has really passed afterwards.
int wait_for_events(int epoll, std::span<epoll_event> events, std::optional<Duration> timeout) {
  const int room = static_cast<int>(events.size());
  timespec limit{};
  if (timeout) {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(*timeout).count();
    limit = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  }
  const int count = epoll_pwait2(epoll, events.data(), room, timeout ? &limit : nullptr, nullptr);
  if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
  const auto ms = timeout ? std::chrono::ceil<std::chrono::milliseconds>(*timeout).count() : -1;
  return epoll_wait(epoll, events.data(), room, static_cast<int>(std::min<long long>(ms, 1 << 30)));
}

class EpollPoller final : public Poller {
 public:
  ~EpollPoller() override { close(epoll_); }
  EpollPoller() = default;
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  void set(std::uint64_t token, int fd, short interest) override {
    Descriptor& descriptor = watched_[fd];
    const auto found = find(descriptor.interests, token);
    if (found != descriptor.interests.end()) {
      found->events = interest;
    } else {
      descriptor.interests.push_back({token, interest});
    }
    arm(fd, descriptor);
  }

  void remove(std::uint64_t token, int fd) override {
    const auto at = watched_.find(fd);
    if (at == watched_.end()) return;
    auto& interests = at->second.interests;
    const auto found = find(interests, token);
    if (found == interests.end()) return;
    interests.erase(found);
    if (!interests.empty()) return arm(fd, at->second);
    watched_.erase(at);
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);  // fails when fd is already closed, which has removed it
  }

  void wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override {
    ready.clear();
    epoll_event events[64];
    const int count = wait_for_events(epoll_, events, timeout);
    bool stale = false;
    for (int i = 0; i < count; ++i) stale |= !report(events[i], ready);
    if (stale) rebuild();
  }

  [[nodiscard]] std::vector<pollfd> outside() const override {
    return {{.fd = epoll_, .events = POLLIN, .revents = 0}};
  }

 private:
  struct Descriptor {
    std::uint32_t registration = 0;  // tells events of this number's former owner from those of the present one
    std::vector<Ready> interests;
  };

  static std::vector<Ready>::iterator find(std::vector<Ready>& interests, std::uint64_t token) {
    return std::find_if(interests.begin(), interests.end(), [token](const Ready& r) { return r.token == token; });
  }

  void arm(int fd, Descriptor& descriptor) {
    epoll_event event{};
    // EPOLLIN and friends have poll's values on Linux.
    for (const Ready& one : descriptor.interests) event.events |= static_cast<std::uint32_t>(one.events);
    event.data.u64 = label(fd, descriptor.registration);
    // A number that was closed has lost its registration, one that is still open keeps it.
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0) return;
    descriptor.registration = ++last_registration_;
    event.data.u64 = label(fd, descriptor.registration);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  static std::uint64_t label(int fd, std::uint32_t registration) {
    return static_cast<std::uint64_t>(registration) << 32 | static_cast<std::uint32_t>(fd);
  }

  /// False: nobody watches this descriptor any more.
  bool report(const epoll_event& event, std::vector<Ready>& ready) const {
    const auto at = watched_.find(static_cast<int>(event.data.u64 & 0xffffffff));
    if (at == watched_.end() || label(at->first, at->second.registration) != event.data.u64) return false;
    const auto events = static_cast<short>(event.events);
    for (const Ready& one : at->second.interests) {
      const auto due = static_cast<short>(events & (one.events | POLLERR | POLLHUP));
      if (due != 0) ready.push_back({one.token, due});
    }
    return true;
  }

  /// A descriptor closed while a duplicate of it lives on cannot be taken out of an epoll any more and would report for
  /// ever: start again with a new epoll under the same number.
  void rebuild() {
    const int fresh = epoll_create1(EPOLL_CLOEXEC);
    if (fresh < 0) return;  // out of descriptors: tried again at the next report
    dup3(fresh, epoll_, O_CLOEXEC);
    close(fresh);
    for (auto& [fd, descriptor] : watched_) arm(fd, descriptor);
  }

  int epoll_ = make_epoll();
  std::uint32_t last_registration_ = 0;
  std::unordered_map<int, Descriptor> watched_;
};

}  // namespace

std::unique_ptr<Poller> Poller::make() { return std::make_unique<EpollPoller>(); }

}  // namespace parley
