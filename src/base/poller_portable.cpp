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
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(*timeout, Duration::zero())).count();
      limit = static_cast<int>(std::min<long long>(ms, 1 << 30));
    }
    std::vector<pollfd> fds = outside();
    if (poll(fds.data(), static_cast<nfds_t>(fds.size()), limit) <= 0) return;
    auto fd = fds.begin();
    for (const auto& [token, entry] : watched_) {
      if ((fd->revents & ~POLLNVAL) != 0) ready.push_back({token, static_cast<short>(fd->revents & ~POLLNVAL)});
      ++fd;
    }
  }

  [[nodiscard]] std::vector<pollfd> outside() const override {
    std::vector<pollfd> fds;
    for (const auto& [token, entry] : watched_) fds.push_back(entry);
    return fds;
  }

 private:
  std::map<std::uint64_t, pollfd> watched_;
};

}  // namespace

std::unique_ptr<Poller> Poller::make() { return std::make_unique<PollPoller>(); }

}  // namespace parley
