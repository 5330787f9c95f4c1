#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "parley/signaling_channel.hpp"

namespace parley::test {

using namespace std::chrono_literals;

/// Writes down what a signaling channel tells, for a test to wait for: "open", "close", "error: …", "message: …". The
/// channel may outlive it.
class SignalingLog {
 public:
  explicit SignalingLog(SignalingChannel& channel) {
    channel.onopen = [notes = notes_] { notes->add("open"); };
    channel.onclose = [notes = notes_] { notes->add("close"); };
    channel.onerror = [notes = notes_](const SignalingErrorEvent& event) { notes->add("error: " + event.message); };
    channel.onmessage = [notes = notes_](const nlohmann::json& message) { notes->add("message: " + message.dump()); };
  }

  /// True as soon as a line that starts with `start` is there for the `times`th time.
  [[nodiscard]] bool wait(const std::string& start, std::ptrdiff_t times = 1) {
    std::unique_lock lock(notes_->mutex);
    return notes_->changed.wait_for(lock, 20s, [&] { return notes_->count(start) >= times; });
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& start) {
    const std::lock_guard lock(notes_->mutex);
    return notes_->count(start);
  }
  [[nodiscard]] std::vector<std::string> lines() {
    const std::lock_guard lock(notes_->mutex);
    return notes_->lines;
  }

 private:
  struct Notes {
    void add(std::string line) {
      const std::lock_guard lock(mutex);
      lines.push_back(std::move(line));
      changed.notify_all();
    }
    [[nodiscard]] std::ptrdiff_t count(const std::string& start) const {
      return std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(start); });
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> lines;
  };
  std::shared_ptr<Notes> notes_ = std::make_shared<Notes>();
};

}  // namespace parley::test
