#include <system_error>
#include <thread>

#include "base/loop_host.hpp"
#include "parley/errors.hpp"

namespace parley {
namespace {

class ThreadHost final : public LoopHost {
 public:
  explicit ThreadHost(const std::shared_ptr<Reactor>& reactor)
      : reactor_(reactor), thread_([reactor] {
          const CurrentLoop current(reactor->owner);
          reactor->run_until_stopped();
        }) {}
  ~ThreadHost() override {
    reactor_->stop();
    // The last owner may let go on the loop's own thread, which then ends by itself after this task.
    if (std::this_thread::get_id() == thread_.get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

 private:
  std::shared_ptr<Reactor> reactor_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<LoopHost> make_thread_host(const std::shared_ptr<Reactor>& reactor) try {
  return std::make_unique<ThreadHost>(reactor);
} catch (const std::system_error& error) {
  throw OperationError(std::string("no thread for an event loop: ") + error.what());
}

}  // namespace parley
