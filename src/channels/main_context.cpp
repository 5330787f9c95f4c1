#include "channels/main_context.hpp"

#include <atomic>
#include <future>

namespace parley::channels {

/// Tasks on their way into the context.
class MainContext::Queue {
 public:
  void push(UniqueFunction<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  UniqueFunction<void()> pop() {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty()) return nullptr;
    UniqueFunction<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return tasks_.empty();
  }
  std::atomic<bool> stopped = false;

 private:
  std::mutex mutex_;
  std::deque<UniqueFunction<void()>> tasks_;
};

namespace {

/// Makes `context` the one that GIO's asynchronous functions report to.
class ThreadDefault {
 public:
  explicit ThreadDefault(GMainContext* context) : context_(context) { g_main_context_push_thread_default(context); }
  ~ThreadDefault() { g_main_context_pop_thread_default(context_); }
  ThreadDefault(const ThreadDefault&) = delete;
  ThreadDefault& operator=(const ThreadDefault&) = delete;

 private:
  GMainContext* context_;
};

template <class Queue>
struct QueueSource {
  GSource base;
  std::shared_ptr<Queue>* queue;

  static Queue& of(GSource* source) { return **reinterpret_cast<QueueSource*>(source)->queue; }
  static gboolean prepare(GSource* source, gint* timeout) {
    *timeout = -1;
    return of(source).empty() ? FALSE : TRUE;
  }
  static gboolean check(GSource* source) { return of(source).empty() ? FALSE : TRUE; }
  static gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
    const ThreadDefault scope(g_source_get_context(source));
    while (auto task = of(source).pop()) task();
    return of(source).stopped ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
  }
  static void finalize(GSource* source) { delete reinterpret_cast<QueueSource*>(source)->queue; }

  static GSource* attach(const std::shared_ptr<Queue>& queue, GMainContext* context) {
    static GSourceFuncs functions = {prepare, check, dispatch, finalize, nullptr, nullptr};
    GSource* source = g_source_new(&functions, sizeof(QueueSource));
    reinterpret_cast<QueueSource*>(source)->queue = new std::shared_ptr<Queue>(queue);
    g_source_attach(source, context);
    return source;
  }
};

}  // namespace

std::shared_ptr<MainContext> MainContext::make(GMainContext* callers) {
  return std::shared_ptr<MainContext>(new MainContext(callers));
}

MainContext::MainContext(GMainContext* callers)
    : own_thread_(callers == nullptr),
      context_(own_thread_ ? g_main_context_new() : g_main_context_ref(callers)),
      queue_(std::make_shared<Queue>()),
      source_(QueueSource<Queue>::attach(queue_, context_)) {
  if (own_thread_) thread_ = std::thread([this] { loop(); });
}

MainContext::~MainContext() {
  // The queue's source goes after what was posted before; in a context that is never iterated again, with the context.
  post([queue = queue_.get()] { queue->stopped = true; });
  if (own_thread_) thread_.join();
  g_source_unref(source_);
  g_main_context_unref(context_);
}

void MainContext::loop() {
  const ThreadDefault scope(context_);
  while (!queue_->stopped) g_main_context_iteration(context_, TRUE);
}

void MainContext::post(UniqueFunction<void()> task) {
  queue_->push(std::move(task));
  g_main_context_wakeup(context_);
}

bool MainContext::run_inline(UniqueFunction<void()>& task) {
  const bool here =
      own_thread_ ? std::this_thread::get_id() == thread_.get_id() : g_main_context_acquire(context_) != 0;
  if (!here) return false;
  {
    const ThreadDefault scope(context_);
    task();
  }
  if (!own_thread_) g_main_context_release(context_);
  return true;
}

void MainContext::post_and_wait(UniqueFunction<void()> task) {
  std::promise<void> done;
  post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void MainContext::run(UniqueFunction<void()> task) {
  if (!run_inline(task)) post_and_wait(std::move(task));
}

void MainContext::run_last(UniqueFunction<void()> task) {
  if (run_inline(task)) return;
  if (own_thread_) {
    post_and_wait(std::move(task));
  } else {
    post(std::move(task));
  }
}

bool MainContext::iterate(Wait wait) {
  return g_main_context_iteration(context_, wait == Wait::Yes ? TRUE : FALSE) != FALSE;
}

}  // namespace parley::channels
