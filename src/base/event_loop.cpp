#include "parley/event_loop.hpp"

#include <glib.h>

#include <thread>

#include "base/log.hpp"
#include "base/reactor.hpp"
#include "parley/promise.hpp"

namespace parley {
namespace {

thread_local EventLoop* current_loop = nullptr;

/// The loop as one source of a foreign context. It watches what the poller names and wakes for the next timer.
struct LoopSource {
  GSource base;
  Reactor* reactor;
  std::vector<std::pair<pollfd, gpointer>>* registered;
};

void sync_descriptors(LoopSource* self) {
  const std::vector<pollfd> wanted = self->reactor->poller().outside();
  auto& have = *self->registered;
  const auto same = [](const pollfd& a, const pollfd& b) { return a.fd == b.fd && a.events == b.events; };
  if (std::equal(wanted.begin(), wanted.end(), have.begin(), have.end(),
                 [&](const pollfd& a, const auto& b) { return same(a, b.first); }))
    return;
  for (auto& [fd, tag] : have) g_source_remove_unix_fd(&self->base, tag);
  have.clear();
  for (const pollfd& fd : wanted)
    have.emplace_back(fd, g_source_add_unix_fd(&self->base, fd.fd, static_cast<GIOCondition>(fd.events)));
}

gboolean loop_prepare(GSource* source, gint* timeout) {
  auto* self = reinterpret_cast<LoopSource*>(source);
  sync_descriptors(self);
  const auto wait = self->reactor->timeout();
  *timeout = wait ? static_cast<gint>(
                        std::min<long long>(std::chrono::ceil<std::chrono::milliseconds>(*wait).count(), G_MAXINT))
                  : -1;
  return wait && *wait == Duration::zero();
}

gboolean loop_check(GSource* source) {
  auto* self = reinterpret_cast<LoopSource*>(source);
  for (auto& [fd, tag] : *self->registered)
    if (g_source_query_unix_fd(source, tag) != 0) return TRUE;
  const auto wait = self->reactor->timeout();
  return wait && *wait == Duration::zero();
}

gboolean loop_dispatch(GSource* source, GSourceFunc, gpointer) {
  const auto reactor = reinterpret_cast<LoopSource*>(source)->reactor->shared_from_this();
  if (reactor->in_turn()) return G_SOURCE_CONTINUE;  // a handler iterates the context itself: not re-entered
  const CurrentLoop current(reactor->owner);
  reactor->turn(false);
  return G_SOURCE_CONTINUE;
}

void loop_finalize(GSource* source) { delete reinterpret_cast<LoopSource*>(source)->registered; }

GSourceFuncs loop_functions = {loop_prepare, loop_check, loop_dispatch, loop_finalize, nullptr, nullptr};

struct Hook {
  std::mutex mutex;
  std::shared_ptr<UniqueFunction<void(std::exception_ptr, const char*)>> function;
};
Hook& hook() {
  static Hook* one = new Hook;  // never destroyed: a loop may report while static objects end
  return *one;
}

}  // namespace

CurrentLoop::CurrentLoop(EventLoop* loop) : before_(std::exchange(current_loop, loop)) {}
CurrentLoop::~CurrentLoop() { current_loop = before_; }

/// Where a loop gets its turns from.
class EventLoop::Host {
 public:
  virtual ~Host() = default;
  /// The calling thread is the loop's, though outside a turn.
  [[nodiscard]] virtual bool is_here() const { return false; }
  /// Makes the calling thread the loop's until leave(), if that can be done at once.
  virtual bool enter() { return false; }
  virtual void leave() {}
};

class EventLoop::ThreadHost final : public Host {
 public:
  explicit ThreadHost(const std::shared_ptr<Reactor>& reactor)
      : thread_([reactor] {
          const CurrentLoop current(reactor->owner);
          reactor->run_until_stopped();
        }) {}
  ~ThreadHost() override {
    // The last owner may let go on the loop's own thread, which then ends by itself after this turn.
    if (std::this_thread::get_id() == thread_.get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

 private:
  std::thread thread_;
};

class EventLoop::ContextHost final : public Host {
 public:
  ContextHost(GMainContext* context, Reactor* reactor)
      : context_(g_main_context_ref(context)), source_(g_source_new(&loop_functions, sizeof(LoopSource))) {
    auto* source = reinterpret_cast<LoopSource*>(source_);
    source->reactor = reactor;
    source->registered = new std::vector<std::pair<pollfd, gpointer>>;
    sync_descriptors(source);
    g_source_attach(source_, context_);
  }
  ~ContextHost() override {
    g_source_destroy(source_);
    g_source_unref(source_);
    g_main_context_unref(context_);
  }
  [[nodiscard]] bool is_here() const override { return g_main_context_is_owner(context_) != FALSE; }
  bool enter() override { return g_main_context_acquire(context_) != FALSE; }
  void leave() override { g_main_context_release(context_); }

 private:
  GMainContext* context_;
  GSource* source_;
};

EventLoop::EventLoop(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) { reactor_->owner = this; }

std::shared_ptr<EventLoop> EventLoop::create() {
  std::shared_ptr<EventLoop> loop(new EventLoop(std::make_shared<Reactor>()));
  loop->host_ = std::make_unique<ThreadHost>(loop->reactor_);
  return loop;
}

std::shared_ptr<EventLoop> EventLoop::attach(GMainContext* context) {
  std::shared_ptr<EventLoop> loop(new EventLoop(std::make_shared<Reactor>()));
  loop->reactor_->turn(false);  // arms the wake-up of post()
  loop->host_ =
      std::make_unique<ContextHost>(context != nullptr ? context : g_main_context_default(), loop->reactor_.get());
  return loop;
}

const std::shared_ptr<EventLoop>& EventLoop::shared() {
  static const std::shared_ptr<EventLoop> loop = create();
  return loop;
}

EventLoop* EventLoop::current() { return current_loop; }

EventLoop::~EventLoop() {
  reactor_->stop();
  host_.reset();
  if (current_loop == this) current_loop = nullptr;
}

bool EventLoop::is_current() const { return current_loop == this || host_->is_here(); }

bool EventLoop::run_inline(UniqueFunction<void()>& task) {
  if (current_loop == this) {
    task();
    return true;
  }
  if (!host_->enter()) return false;
  {
    const CurrentLoop current(this);
    task();
  }
  host_->leave();
  return true;
}

void EventLoop::post(UniqueFunction<void()> task) { reactor_->post(std::move(task)); }

void EventLoop::after(std::chrono::steady_clock::duration delay, UniqueFunction<void()> task) {
  const TimePoint when = Clock::now() + delay;
  post([reactor = reactor_.get(), when, task = std::move(task)]() mutable {
    // The timer owns itself: it is released by firing, or with the reactor.
    auto timer = std::make_shared<Timer>();
    *timer = reactor->at(when, [timer, task = std::move(task)]() mutable { task(); });
  });
}

Promise<void> EventLoop::delay(std::chrono::steady_clock::duration time) {
  PromiseResolver<void> resolver(this);
  after(time, [resolver] { resolver.resolve(); });
  return resolver.promise();
}

void set_unhandled_error_hook(UniqueFunction<void(std::exception_ptr, const char*)> function) {
  auto shared =
      function ? std::make_shared<UniqueFunction<void(std::exception_ptr, const char*)>>(std::move(function)) : nullptr;
  const std::lock_guard lock(hook().mutex);
  hook().function = std::move(shared);
}

void report_unhandled_error(std::exception_ptr error, const char* where) noexcept {
  std::shared_ptr<UniqueFunction<void(std::exception_ptr, const char*)>> function;
  {
    const std::lock_guard lock(hook().mutex);
    function = hook().function;
  }
  try {
    if (function) {
      (*function)(error, where);
      return;
    }
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log(LogLevel::Error, "api", "unhandled error in ", where, ": ", e.what());
    } catch (...) {
      log(LogLevel::Error, "api", "unhandled error in ", where, ": not a std::exception");
    }
  } catch (...) {
    log_line(LogLevel::Error, "api", "the unhandled-error hook threw");
  }
}

}  // namespace parley
