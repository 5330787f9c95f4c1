#include <sys/epoll.h>
#include <unistd.h>

#include <unordered_map>

#include "base/poller.hpp"

namespace parley {
namespace {

class EpollPoller final : public Poller {
 public:
  EpollPoller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~EpollPoller() override { close(epoll_); }
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  void set(std::uint64_t token, int fd, short interest) override {
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(interest);  // EPOLLIN and friends have poll's values on Linux
    event.data.u64 = token;
    // A number reused after close has lost its registration, one that is still open keeps it.
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
    owner_[fd] = token;
  }

  void remove(std::uint64_t token, int fd) override {
    const auto found = owner_.find(fd);
    if (found == owner_.end() || found->second != token) return;
    owner_.erase(found);
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);  // fails when fd is already closed, which has removed it
  }

  void wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override {
    ready.clear();
    epoll_event events[64];
    timespec limit{};
    if (timeout) {
      const auto ns =
          std::chrono::duration_cast<std::chrono::nanoseconds>(std::max(*timeout, Duration::zero())).count();
      limit = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    }
    const int count = epoll_pwait2(epoll_, events, 64, timeout ? &limit : nullptr, nullptr);
    for (int i = 0; i < count; ++i) ready.push_back({events[i].data.u64, static_cast<short>(events[i].events)});
  }

  [[nodiscard]] std::vector<pollfd> outside() const override {
    return {{.fd = epoll_, .events = POLLIN, .revents = 0}};
  }

 private:
  int epoll_;
  std::unordered_map<int, std::uint64_t> owner_;
};

}  // namespace

std::unique_ptr<Poller> Poller::make() { return std::make_unique<EpollPoller>(); }

}  // namespace parley
