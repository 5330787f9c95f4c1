#pragma once

#include <glib.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/reactor.hpp"

namespace parley::ice {

/// Runs one GMainContext on a Reactor: its descriptors are watched and its timeouts kept there, so an idle context
/// costs nothing, however many there are. Other threads may attach sources (the context wakes for them).
class GlibDriver {
 public:
  explicit GlibDriver(Reactor& reactor);
  ~GlibDriver();
  GlibDriver(const GlibDriver&) = delete;
  GlibDriver& operator=(const GlibDriver&) = delete;

  [[nodiscard]] GMainContext* context() const { return context_; }
  /// To be called after anything that may have changed what the context waits for. Dispatches nothing.
  void sync();
  /// Looks at no descriptor until the next sync().
  void unwatch() { watched_.clear(); }
  /// Makes a timeout of that name due at once. False if there is none that has been set lately or was found before.
  bool expire(std::string_view name);
  /// Dispatches what is due, without the loop.
  void dispatch_due() { pump(-1, 0); }
  /// `before` runs when something can be read from `fd`, one of the context's descriptors (of which one is no socket:
  /// it wakes the context), and has not been yet, `after` when it has been dispatched.
  void on_arrival(std::function<void(int fd)> before, std::function<void(int fd)> after) {
    before_arrival_ = std::move(before);
    after_arrival_ = std::move(after);
  }
  /// Waits for and dispatches something, until `end` at most, without the loop.
  void iterate(TimePoint end);
  /// Dispatches what has arrived at one of the context's descriptors, all of it unless that is very much.
  void drain(int fd);
  /// While sockets are opened and closed a number may come to stand for another descriptor without the context's list
  /// telling: then every sync() registers all of them anew.
  void set_descriptors_change(bool change) { descriptors_change_ = change; }

 private:
  struct Watched {
    int fd;
    short events;
    Watch watch;
  };
  void pump(int ready_fd, short ready);
  /// Asks the context what it waits for. Returns the priority to hand to check.
  int query();
  [[nodiscard]] GSource* find(std::string_view name);
  void watch_descriptors();
  void set_timer();

  Reactor& reactor_;
  GMainContext* context_;
  std::vector<GPollFD> wanted_;
  int timeout_ms_ = -1;
  std::vector<Watched> watched_;
  Timer timer_;
  std::optional<TimePoint> due_;
  guint found_ = 0;  // the source that find() found last
  std::function<void(int fd)> before_arrival_, after_arrival_;
  bool pumping_ = false;
  bool descriptors_change_ = true;
};

/// Makes `context` the thread's default for GLib's asynchronous calls.
class ThreadDefaultContext {
 public:
  explicit ThreadDefaultContext(GMainContext* context) : context_(context) {
    g_main_context_push_thread_default(context_);
  }
  ~ThreadDefaultContext() { g_main_context_pop_thread_default(context_); }
  ThreadDefaultContext(const ThreadDefaultContext&) = delete;
  ThreadDefaultContext& operator=(const ThreadDefaultContext&) = delete;

 private:
  GMainContext* context_;
};

}  // namespace parley::ice
