#pragma once

#include <glib.h>

#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "parley/unique_function.hpp"

namespace parley::channels {

/// The GLib main context in which libsoup's objects live: the caller's, or one with a thread of its own, which ends
/// with the last owner. That thread never waits for another one, so anybody may wait for it.
class MainContext {
 public:
  /// nullptr: with a thread of its own.
  static std::shared_ptr<MainContext> make(GMainContext* callers);
  ~MainContext();
  MainContext(const MainContext&) = delete;
  MainContext& operator=(const MainContext&) = delete;

  /// Runs `task` in the context, which is the thread's default one meanwhile. Any thread.
  void post(UniqueFunction<void()> task);
  /// The same, and waits for it; inline if the caller is, or can become, the context's owner.
  void run(UniqueFunction<void()> task);
  /// For the end of things: as run() in a context of ours; in the caller's, which may never be iterated again, inline
  /// if that is possible, else posted.
  void run_last(UniqueFunction<void()> task);
  [[nodiscard]] bool is_ours() const { return own_thread_; }
  enum class Wait { No, Yes };
  /// Inside a task, in a context of ours: lets its other sources do something. False: there was nothing to do.
  bool iterate(Wait wait);

 private:
  class Queue;
  explicit MainContext(GMainContext* callers);
  void loop();
  bool run_inline(UniqueFunction<void()>& task);
  void post_and_wait(UniqueFunction<void()> task);

  const bool own_thread_;
  GMainContext* context_;
  std::shared_ptr<Queue> queue_;
  GSource* source_;
  std::thread thread_;
};

}  // namespace parley::channels
