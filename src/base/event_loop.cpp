#include "parley/event_loop.hpp"

#include <glib.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/loop_host.hpp"
#include "base/reactor.hpp"
#include "parley/errors.hpp"
#include "parley/promise.hpp"

namespace parley {
namespace {

/// The loops that live in somebody's main context: a thread that owns the context is their thread even when it is busy
/// with something else, e.g. with a button's callback.
class AttachedLoops {
 public:
  static AttachedLoops& all() {
    static auto* one = new AttachedLoops;  // never destroyed: loops may end while static objects do
    return *one;
  }
  void add(GMainContext* context, const std::shared_ptr<EventLoop>& loop) {
    const std::lock_guard lock(mutex_);
    loops_.push_back({context, loop.get(), loop});
    count_ = loops_.size();
  }
  void remove(const EventLoop* loop) {
    const std::lock_guard lock(mutex_);
    std::erase_if(loops_, [loop](const Entry& entry) { return entry.address == loop; });
    count_ = loops_.size();
  }
  std::weak_ptr<EventLoop> here() {
    if (count_ == 0) return {};
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : loops_)
      if (!entry.loop.expired() && g_main_context_is_owner(entry.context) != FALSE) return entry.loop;
    return {};
  }

 private:
  struct Entry {
    GMainContext* context;
    const EventLoop* address;
    std::weak_ptr<EventLoop> loop;
  };
  std::mutex mutex_;
  std::vector<Entry> loops_;
  std::atomic<std::size_t> count_ = 0;
};

}  // namespace

EventLoop::EventLoop(std::shared_ptr<Reactor> reactor) : reactor_(std::move(reactor)) { reactor_->owner = this; }

std::shared_ptr<EventLoop> EventLoop::create(const EventLoopOptions& options) {
  if (options.busy_poll && *options.busy_poll < Duration::zero()) throw TypeError("busy_poll is negative");
  std::shared_ptr<EventLoop> loop(new EventLoop(std::make_shared<Reactor>(options.busy_poll)));
  loop->host_ = make_thread_host(loop->reactor_);
  return loop;
}

std::shared_ptr<EventLoop> EventLoop::attach(GMainContext* context) {
  if (context == nullptr) context = g_main_context_default();
  std::shared_ptr<EventLoop> loop(new EventLoop(std::make_shared<Reactor>()));
  loop->host_ = make_context_host(loop->reactor_, context);
  AttachedLoops::all().add(context, loop);
  return loop;
}

const std::shared_ptr<EventLoop>& EventLoop::shared() {
  static auto* loop = new std::shared_ptr<EventLoop>(create());
  // The loop ends with the program's static objects; whoever asks for it even later gets nullptr, not a dead object.
  static const struct AtExit {
    ~AtExit() { loop->reset(); }
  } at_exit;
  return *loop;
}

EventLoop* EventLoop::current() {
  if (EventLoop* loop = CurrentLoop::get()) return loop;
  return AttachedLoops::all().here().lock().get();
}

std::weak_ptr<EventLoop> EventLoop::here() {
  if (EventLoop* loop = CurrentLoop::get()) return loop->weak_from_this();
  return AttachedLoops::all().here();
}

std::shared_ptr<EventLoop> EventLoop::current_or_shared() {
  if (auto current = here().lock()) return current;
  return shared();
}

EventLoop::~EventLoop() {
  AttachedLoops::all().remove(this);
  host_.reset();
  CurrentLoop::forget(this);
}

bool EventLoop::is_current() const { return CurrentLoop::get() == this || host_->is_here(); }

bool EventLoop::run_inline(UniqueFunction<void()>& task) {
  if (CurrentLoop::get() == this) {
    task();
    return true;
  }
  if (!host_->enter()) return false;
  const auto keep = shared_from_this();  // the task may let go of the caller's own
  {
    const Reactor::Inside inside(*reactor_);
    const CurrentLoop current(this);
    task();
  }
  host_->leave();
  return true;
}

void EventLoop::throw_ended() { throw AbortError("the event loop ended before the function was run"); }

void EventLoop::post(UniqueFunction<void()> task) { reactor_->post(std::move(task)); }

void EventLoop::after(std::chrono::steady_clock::duration delay, UniqueFunction<void()> task) {
  post([reactor = reactor_.get(), when = deadline_after(Clock::now(), delay), task = std::move(task)]() mutable {
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

}  // namespace parley
