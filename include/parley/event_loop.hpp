#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "parley/export.hpp"
#include "parley/unique_function.hpp"

typedef struct _GMainContext GMainContext;  // NOLINT: GLib's own name, so that its header need not be included

namespace parley {

class LoopHost;
class Reactor;
template <class T>
class Promise;
namespace detail {
class PromiseCore;
}

/// What a loop does beside what it has to.
struct EventLoopOptions {
  /// How long the loop looks for more, again and again, before it sleeps after something has arrived. A thread that
  /// need not be woken answers sooner, at the price of a processor that is busy for so long after each arrival. Where
  /// no processor is free for it, everything is later instead. Zero: it sleeps at once. TypeError if negative.
  ///
  /// Without a value the loop does so where it pays: in the midst of a quick exchange of messages on a data channel
  /// (each sent while one is being received, and answered within 200 µs), which takes less of a processor than sleeping
  /// would. Loops inside somebody's main context sleep as that does.
  std::optional<std::chrono::steady_clock::duration> busy_poll;
};

/// One thread that owns many connections. Everything a connection does (packets, timers, events, continuations) happens
/// on its loop's thread, so handlers never run at the same time as one another. Scale by making several loops and
/// giving each its connections.
class PARLEY_EXPORT EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
  /// A loop with a thread of its own, which ends when the last owner lets go of the loop: that waits for the task being
  /// run, unless the last owner is that task. Throws OperationError when the system has no thread or descriptor left.
  static std::shared_ptr<EventLoop> create(const EventLoopOptions& options = {});
  /// A loop that lives inside the caller's GLib main context (nullptr: the default one) and needs no thread. It makes
  /// progress whenever that context is iterated, e.g. by g_main_loop_run(). What was closed or destroyed goes then,
  /// too: a connection that is the last thing to go needs one more iteration to give back its memory and sockets.
  static std::shared_ptr<EventLoop> attach(GMainContext* context);
  /// The process-wide loop, for whoever names none and is not on one. Created at first use; ends with the program's
  /// static objects, after which this is nullptr.
  static const std::shared_ptr<EventLoop>& shared();
  /// The loop on whose thread the caller is running, nullptr elsewhere. A thread that runs a main context is the thread
  /// of the loop attached to it, whatever it is doing at the moment.
  static EventLoop* current();
  /// The loop on whose thread the caller is running, elsewhere the shared one.
  static std::shared_ptr<EventLoop> current_or_shared();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// Runs `task` on the loop, after everything posted before it. Any thread. A task that throws is reported to the
  /// unhandled-error hook. Tasks still waiting when the loop ends are destroyed without being run.
  void post(UniqueFunction<void()> task);
  /// Runs `task` on the loop once `delay` has passed; tasks of the same moment run in the order of the calls. Any
  /// thread.
  void after(std::chrono::steady_clock::duration delay, UniqueFunction<void()> task);
  /// Settles after `delay`: `co_await loop->delay(1s)`.
  Promise<void> delay(std::chrono::steady_clock::duration delay);
  /// True on the loop's thread.
  [[nodiscard]] bool is_current() const;

  /// Runs `function` on the loop and returns what it returns, or throws what it throws. On the loop's thread (and on
  /// one that can become it because nobody runs the loop's main context) that happens here and now, before what was
  /// posted earlier; elsewhere by posting and waiting. Throws AbortError if the loop ends first.
  template <class F>
  auto run(F&& function) -> std::invoke_result_t<F&>;

  /// The inside of the loop, for the library's own parts.
  Reactor& reactor() { return *reactor_; }

 private:
  friend class detail::PromiseCore;
  explicit EventLoop(std::shared_ptr<Reactor> reactor);
  /// As current(), safe against the loop's end on another thread. Empty (rather than expired) where there is none.
  static std::weak_ptr<EventLoop> here();
  /// Runs `task` here and now if the caller is, or can become, the loop's thread.
  bool run_inline(UniqueFunction<void()>& task);
  [[noreturn]] static void throw_ended();

  std::shared_ptr<Reactor> reactor_;
  std::unique_ptr<LoopHost> host_;
};

template <class F>
auto EventLoop::run(F&& function) -> std::invoke_result_t<F&> {
  using R = std::invoke_result_t<F&>;
  using Stored =
      std::conditional_t<std::is_void_v<R>, std::monostate,
                         std::conditional_t<std::is_reference_v<R>, std::add_pointer_t<R>, std::remove_const_t<R>>>;
  struct Shared {
    std::mutex mutex;
    std::condition_variable finished;
    bool done = false;
    std::optional<Stored> value;
    std::exception_ptr error;
  } shared;
  // Destroyed with the task, run or not: a loop that ends while we wait must not leave us waiting.
  struct Finish {
    Shared* shared;
    explicit Finish(Shared* s) : shared(s) {}
    Finish(Finish&& other) noexcept : shared(std::exchange(other.shared, nullptr)) {}
    Finish& operator=(Finish&&) = delete;
    ~Finish() {
      if (shared == nullptr) return;
      const std::lock_guard lock(shared->mutex);
      shared->done = true;
      shared->finished.notify_one();
    }
  };
  UniqueFunction<void()> task = [&function, finish = Finish(&shared)] {
    try {
      if constexpr (std::is_void_v<R>) {
        function();
        finish.shared->value.emplace();
      } else if constexpr (std::is_reference_v<R>) {
        auto&& result = function();
        finish.shared->value.emplace(std::addressof(result));
      } else {
        finish.shared->value.emplace(function());
      }
    } catch (...) {
      finish.shared->error = std::current_exception();
    }
  };
  if (!run_inline(task)) {
    post(std::move(task));
    std::unique_lock lock(shared.mutex);
    shared.finished.wait(lock, [&] { return shared.done; });
  }
  if (shared.error) std::rethrow_exception(shared.error);
  if (!shared.value) throw_ended();
  if constexpr (std::is_reference_v<R>) {
    return static_cast<R>(**shared.value);
  } else if constexpr (!std::is_void_v<R>) {
    return std::move(*shared.value);
  }
}

/// Called with every error that nobody caught: a handler, task or `then` callback that threw, a promise that was
/// rejected and never observed. `where` names the place. Initially, and with nullptr, logs at LogLevel::Error. Any
/// thread may call it, several at the same time.
PARLEY_EXPORT void set_unhandled_error_hook(UniqueFunction<void(std::exception_ptr error, const char* where)> hook);
/// Calls the hook.
PARLEY_EXPORT void report_unhandled_error(std::exception_ptr error, const char* where) noexcept;

}  // namespace parley
