#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/loop_host.hpp"
#include "parley/errors.hpp"

namespace parley {
namespace {

/// Threads whose loop was let go on themselves, where nobody can wait for them. The program's end does: what they still
/// hold, down to libcrypto's data of the thread, must not be released while the program's static objects are.
class RetiredThreads {
 public:
  static RetiredThreads& all() {
    static auto* one = new RetiredThreads;
    static const struct AtExit {
      ~AtExit() { one->join_all(); }
    } at_exit;
    return *one;
  }
  void add(std::thread thread, std::shared_ptr<const std::atomic<bool>> done) {
    std::vector<Retired> ended;
    {
      const std::lock_guard lock(mutex_);
      const auto gone = std::partition(threads_.begin(), threads_.end(), [](const Retired& one) { return !*one.done; });
      std::move(gone, threads_.end(), std::back_inserter(ended));
      threads_.erase(gone, threads_.end());
      threads_.push_back({std::move(thread), std::move(done)});
    }
    for (Retired& one : ended) one.thread.join();  // soon: its loop has returned
  }

 private:
  struct Retired {
    std::thread thread;
    std::shared_ptr<const std::atomic<bool>> done;
  };
  void join_all() {
    std::vector<Retired> threads;
    {
      const std::lock_guard lock(mutex_);
      threads.swap(threads_);
    }
    for (Retired& one : threads) {
      if (one.thread.get_id() == std::this_thread::get_id()) {
        one.thread.detach();  // it is the one that ends the program
      } else {
        one.thread.join();
      }
    }
  }
  std::mutex mutex_;
  std::vector<Retired> threads_;
};

class ThreadHost final : public LoopHost {
 public:
  explicit ThreadHost(const std::shared_ptr<Reactor>& reactor)
      : reactor_(reactor), thread_([reactor, done = done_] {
          {
            const CurrentLoop current(reactor->owner);
            reactor->run_until_stopped();
          }
          *done = true;
        }) {}
  ~ThreadHost() override {
    reactor_->stop();
    // The last owner may let go on the loop's own thread, which then ends by itself after this task.
    if (std::this_thread::get_id() == thread_.get_id()) {
      RetiredThreads::all().add(std::move(thread_), done_);
    } else {
      thread_.join();
    }
  }

 private:
  std::shared_ptr<Reactor> reactor_;
  std::shared_ptr<std::atomic<bool>> done_ = std::make_shared<std::atomic<bool>>(false);
  std::thread thread_;
};

}  // namespace

std::unique_ptr<LoopHost> make_thread_host(const std::shared_ptr<Reactor>& reactor) try {
  return std::make_unique<ThreadHost>(reactor);
} catch (const std::system_error& error) {
  throw OperationError(std::string("no thread for an event loop: ") + error.what());
}

}  // namespace parley
