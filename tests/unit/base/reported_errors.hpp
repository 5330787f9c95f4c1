#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "parley/errors.hpp"
#include "parley/event_loop.hpp"

namespace parley {

/// Collects what reaches the unhandled-error hook, as "where: what", until the end of its scope.
class ReportedErrors {
 public:
  ReportedErrors() {
    set_unhandled_error_hook([this](const std::exception_ptr& error, const char* where) { add(error, where); });
  }
  ~ReportedErrors() { set_unhandled_error_hook(nullptr); }
  ReportedErrors(const ReportedErrors&) = delete;
  ReportedErrors& operator=(const ReportedErrors&) = delete;

  [[nodiscard]] std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  void add(const std::exception_ptr& error, const char* where) {
    std::string text = where;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      text.append(": ").append(e.what());
    } catch (...) {
      text.append(": something else");
    }
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(text));
  }

  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace parley
