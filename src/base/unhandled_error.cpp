#include <mutex>

#include "base/log.hpp"
#include "parley/errors.hpp"
#include "parley/event_loop.hpp"

namespace parley {
namespace {

using Function = UniqueFunction<void(std::exception_ptr, const char*)>;

struct Hook {
  std::mutex mutex;
  std::shared_ptr<Function> function;
};
Hook& hook() {
  static Hook* one = new Hook;  // never destroyed: a loop may report while static objects end
  return *one;
}

void log_error(const std::exception_ptr& error, const char* where) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    log(LogLevel::Error, "api", "unhandled error in ", where, ": ", e.what());
  } catch (...) {
    log(LogLevel::Error, "api", "unhandled error in ", where, ": not a std::exception");
  }
}

}  // namespace

void set_unhandled_error_hook(Function function) {
  auto shared = function ? std::make_shared<Function>(std::move(function)) : nullptr;
  const std::lock_guard lock(hook().mutex);
  hook().function.swap(shared);  // the old one is destroyed after the lock: what it captures may report
}

void report_unhandled_error(std::exception_ptr error, const char* where) noexcept {
  if (!error) error = std::make_exception_ptr(UnknownError("no error was given"));
  std::shared_ptr<Function> function;
  {
    const std::lock_guard lock(hook().mutex);
    function = hook().function;
  }
  try {
    if (function) {
      (*function)(error, where);
    } else {
      log_error(error, where);
    }
  } catch (...) {
    log_line(LogLevel::Error, "api", "the unhandled-error hook threw");
  }
}

}  // namespace parley
