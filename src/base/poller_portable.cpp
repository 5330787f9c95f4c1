#include <algorithm>
#include <map>

#include "base/poller.hpp"

namespace parley {
namespace {

class PollPoller final : public Poller {
 public:
  void set(std::uint64_t token, int fd, short interest) override { watched_[token] = {fd, interest, 0}; }
  void remove(std::uint64_t token, int) override { watched_.erase(token); }

  void wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override {
    ready.clear();
    int limit = -1;  // milliseconds, rounded up so that a deadline has really passed afterwards
    if (timeout) {
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
      limit = static_cast<int>(std::min<long long>(ms, 1 << 30));
    }
    polled_ = outside();
    if (poll(polled_.data(), static_cast<nfds_t>(polled_.size()), limit) <= 0) return;
    auto answer = polled_.begin();
    for (auto& [token, entry] : watched_) {
      if (entry.fd < 0) continue;
      const short events = answer++->revents;
      if ((events & POLLNVAL) != 0) {
        entry.fd = -1;  // closed under us: poll would return at once for ever
      } else if (events != 0) {
        ready.push_back({token, events});
      }
    }
  }

  [[nodiscard]] std::vector<pollfd> outside() const override {
    std::vector<pollfd> fds;
    fds.reserve(watched_.size());
    for (const auto& [token, entry] : watched_)
      if (entry.fd >= 0) fds.push_back(entry);
    return fds;
  }

 private:
  std::map<std::uint64_t, pollfd> watched_;
  std::vector<pollfd> polled_;
};

}  // namespace

std::unique_ptr<Poller> Poller::make() { return std::make_unique<PollPoller>(); }

}  // namespace parley
