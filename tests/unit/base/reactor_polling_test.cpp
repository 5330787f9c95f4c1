// Loops that look for an answer before they sleep.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <functional>
#include <thread>

#include "base/reactor.hpp"
#include "descriptors.hpp"

namespace parley {
namespace {

/// How often the calling thread has gone to sleep.
long sleeps() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

/// A thread that throws back the byte that it is thrown, as long as `goes_on`.
class Player {
 public:
  Player(int fd, std::function<bool()> goes_on) : fd_(fd), goes_on_(std::move(goes_on)) {
    watch_ = reactor_->watch(fd_, POLLIN, [this](short) { answer(); });
    thread_ = std::thread([this] { reactor_->run_until_stopped(); });
  }
  void join() { thread_.join(); }
  void stop() { reactor_->stop(); }

 private:
  void answer() {
    char byte = 0;
    if (read(fd_, &byte, 1) != 1) return;
    reactor_->polling().heard();
    if (!goes_on_()) return stop();
    [[maybe_unused]] const auto written = write(fd_, &byte, 1);
    reactor_->polling().sent();
  }

  const int fd_;
  const std::function<bool()> goes_on_;
  std::shared_ptr<Reactor> reactor_ = std::make_shared<Reactor>();
  Watch watch_;
  std::thread thread_;
};

TEST(Reactor, StopsSleepingInAQuickExchange) {
  constexpr int kTrips = 40;
  const TimePoint give_up = Clock::now() + 45s;
  int trips = 0;
  long slept = 0;
  bool awake = false;
  // Other programs may need the processors for a while; when they do not, so many bytes come with hardly a sleep.
  const auto goes_on = [&] {
    if (++trips % kTrips != 0) return true;
    const long now = sleeps();
    awake = now - std::exchange(slept, now) < kTrips / 4;
    return !awake && Clock::now() < give_up;
  };
  const SocketPair pair;
  Player here(pair.here(), goes_on), there(pair.there(), [] { return true; });
  pair.send_to_here();
  here.join();
  there.stop();
  there.join();
  EXPECT_TRUE(awake);
}

}  // namespace
}  // namespace parley
