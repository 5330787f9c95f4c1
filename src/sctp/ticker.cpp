#include "sctp/ticker.hpp"

#include <mutex>
#include <unordered_map>

#include "sctp/stack.hpp"

namespace parley::sctp {
namespace {

constexpr auto kIdleTick = 100ms;
constexpr auto kIdleAfter = 1s;

struct Tickers {
  std::mutex mutex;
  std::unordered_map<Reactor*, std::weak_ptr<Ticker>> of;
};
Tickers& tickers() {
  static Tickers* all = new Tickers;
  return *all;
}

}  // namespace

std::shared_ptr<Ticker> Ticker::of(Reactor& reactor) {
  const std::lock_guard lock(tickers().mutex);
  std::weak_ptr<Ticker>& known = tickers().of[&reactor];
  if (auto ticker = known.lock()) return ticker;
  auto ticker = std::make_shared<Ticker>(reactor);
  known = ticker;
  return ticker;
}

Ticker::Ticker(Reactor& reactor) : reactor_(reactor.shared_from_this()), touched_(Clock::now()) { arm(Stack::kTick); }

Ticker::~Ticker() {
  const std::lock_guard lock(tickers().mutex);
  const auto found = tickers().of.find(reactor_.get());
  if (found != tickers().of.end() && found->second.expired()) tickers().of.erase(found);
}

void Ticker::touch() {
  touched_ = Clock::now();
  if (Stack::get().due(touched_)) Stack::get().tick(touched_);
  if (idle_) {
    idle_ = false;
    arm(Stack::kTick);
  }
}

void Ticker::arm(Duration delay) {
  timer_ = reactor_->after(delay, [this] { fire(); });
}

void Ticker::fire() {
  const TimePoint now = Clock::now();
  Stack::get().tick(now);
  idle_ = now - touched_ > kIdleAfter;
  arm(idle_ ? Duration(kIdleTick) : Duration(Stack::kTick));
}

}  // namespace parley::sctp
