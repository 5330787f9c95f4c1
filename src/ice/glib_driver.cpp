#include "ice/glib_driver.hpp"

#include <poll.h>

#include <algorithm>

namespace parley::ice {
namespace {

/// Dispatches in a row before the loop is given a turn.
constexpr int kMaxRounds = 16;
/// Of a descriptor that others fill as fast as drain() empties it.
constexpr int kMaxDrained = 1024;
/// How far expire() looks back.
constexpr guint kRecentSources = 32;

}  // namespace

GlibDriver::GlibDriver(Reactor& reactor)
    : reactor_(reactor), context_(g_main_context_new_with_flags(G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING)) {}

GlibDriver::~GlibDriver() {
  unwatch();
  timer_.cancel();
  g_main_context_unref(context_);
}

int GlibDriver::query() {
  int priority = 0;
  g_main_context_prepare(context_, &priority);
  if (wanted_.size() < 4) wanted_.resize(4);
  for (;;) {
    const auto room = static_cast<int>(wanted_.size());
    const int count = g_main_context_query(context_, priority, &timeout_ms_, wanted_.data(), room);
    wanted_.resize(static_cast<std::size_t>(count));
    if (count <= room) return priority;
  }
}

void GlibDriver::pump(int ready_fd, short ready) {
  if (pumping_) return;
  const bool arrival = (ready & POLLIN) != 0;
  if (arrival && before_arrival_) before_arrival_(ready_fd);
  pumping_ = true;
  g_main_context_acquire(context_);
  {
    const ThreadDefaultContext here(context_);
    bool known = ready != 0;
    for (int round = 0; round < kMaxRounds; ++round) {
      const int priority = query();
      if (timeout_ms_ != 0 && !known) break;  // descriptors that are ready will be reported again: level-triggered
      for (GPollFD& fd : wanted_)
        fd.revents =
            fd.fd == ready_fd && known ? static_cast<gushort>(ready & (fd.events | G_IO_ERR | G_IO_HUP)) : gushort{0};
      known = false;
      if (g_main_context_check(context_, priority, wanted_.data(), static_cast<int>(wanted_.size())) == FALSE) continue;
      g_main_context_dispatch(context_);
    }
  }
  g_main_context_release(context_);
  pumping_ = false;
  sync();
  if (arrival && after_arrival_) after_arrival_(ready_fd);
}

void GlibDriver::sync() {
  if (pumping_) return;  // pump() ends with it
  g_main_context_acquire(context_);
  query();
  g_main_context_release(context_);
  watch_descriptors();
  set_timer();
}

GSource* GlibDriver::find(std::string_view name) {
  const auto named = [&](guint id) -> GSource* {
    GSource* source = id != 0 ? g_main_context_find_source_by_id(context_, id) : nullptr;
    const char* own_name = source != nullptr ? g_source_get_name(source) : nullptr;
    return own_name != nullptr && name == own_name ? source : nullptr;
  };
  if (GSource* known = named(found_)) return known;
  // Sources are numbered as they are attached: one more tells where the numbers are.
  GSource* probe = g_idle_source_new();
  const guint next = g_source_attach(probe, context_);
  g_source_destroy(probe);
  g_source_unref(probe);
  for (guint id = next - 1; id > 0 && id + kRecentSources > next; --id) {
    if (GSource* source = named(id)) {
      found_ = id;
      return source;
    }
  }
  return nullptr;
}

bool GlibDriver::expire(std::string_view name) {
  GSource* source = find(name);
  if (source == nullptr) return false;
  g_source_set_ready_time(source, 0);
  sync();
  return true;
}

void GlibDriver::drain(int fd) {
  pollfd arrived{.fd = fd, .events = POLLIN, .revents = 0};
  // What is delivered may close the descriptor, which is an event, too, but not this one.
  for (int i = 0; i < kMaxDrained && poll(&arrived, 1, 0) > 0 && (arrived.revents & POLLIN) != 0; ++i) pump(fd, POLLIN);
}

void GlibDriver::iterate(TimePoint end) {
  g_main_context_acquire(context_);
  const int priority = query();
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  const int limit = static_cast<int>(std::max<long long>(left, 0));
  g_poll(wanted_.data(), static_cast<guint>(wanted_.size()), timeout_ms_ < 0 ? limit : std::min(timeout_ms_, limit));
  if (g_main_context_check(context_, priority, wanted_.data(), static_cast<int>(wanted_.size())) != FALSE)
    g_main_context_dispatch(context_);
  g_main_context_release(context_);
}

void GlibDriver::watch_descriptors() {
  const auto wants = [](const GPollFD& w, const Watched& h) {
    return w.fd == h.fd && static_cast<short>(w.events) == h.events;
  };
  std::erase_if(watched_, [&](const Watched& have) {
    return std::none_of(wanted_.begin(), wanted_.end(), [&](const GPollFD& w) { return wants(w, have); });
  });
  for (const GPollFD& fd : wanted_) {
    const auto found = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& h) { return wants(fd, h); });
    if (found == watched_.end()) {
      const int number = fd.fd;
      watched_.push_back({number, static_cast<short>(fd.events),
                          reactor_.watch(number, static_cast<short>(fd.events),
                                         [this, number](short ready) { pump(number, ready); })});
    } else if (descriptors_change_) {
      found->watch.set_interest(found->events);
    }
  }
}

void GlibDriver::set_timer() {
  if (timeout_ms_ < 0) {
    timer_.cancel();
    due_.reset();
    return;
  }
  const TimePoint when = Clock::now() + std::chrono::milliseconds(timeout_ms_);
  // An earlier wake-up does no harm, and is cheaper than a new timer for each packet.
  if (due_ && *due_ <= when && *due_ + 1ms >= when) return;
  due_ = when;
  timer_ = reactor_.at(when, [this] {
    due_.reset();
    pump(-1, 0);
  });
}

}  // namespace parley::ice
