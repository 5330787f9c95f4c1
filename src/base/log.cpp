#include "base/log.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>

#include "base/ascii.hpp"

namespace parley {
namespace {

std::atomic<LogLevel> threshold{LogLevel::Warning};

struct Sink {
  std::mutex mutex;
  std::function<void(const LogRecord&)> write;
};
Sink& sink() {
  static Sink* one = new Sink;  // never destroyed: other static objects may log while they are
  return *one;
}

void write_to_stderr(const LogRecord& record) {
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error", ""};
  std::fprintf(stderr, "parley %s [%.*s] %.*s\n", kNames[static_cast<int>(record.level)],
               static_cast<int>(record.component.size()), record.component.data(),
               static_cast<int>(record.message.size()), record.message.data());
}

}  // namespace

void set_log_level(LogLevel level) { threshold = level; }

void set_log_sink(std::function<void(const LogRecord&)> write) {
  const std::lock_guard lock(sink().mutex);
  sink().write.swap(write);  // the old one is destroyed after the lock: what it captures may log
}

bool log_enabled(LogLevel level) { return level >= threshold.load(std::memory_order_relaxed); }

void log_line(LogLevel level, std::string_view component, std::string_view message) noexcept try {
  const LogRecord record{level, component, message};
  const std::lock_guard lock(sink().mutex);
  if (sink().write) {
    sink().write(record);
  } else {
    write_to_stderr(record);
  }
} catch (...) {  // NOLINT: a line that cannot be written has nowhere else to go
}

namespace {

bool starts_with_ignoring_case(std::string_view line, std::string_view start) {
  return line.size() >= start.size() && equal_ignoring_case(line.substr(0, start.size()), start);
}

}  // namespace

std::string redact_sdp(std::string_view sdp) {
  static constexpr std::string_view kSecretLines[] = {"a=ice-pwd:", "a=crypto:", "k=", "a=key-mgmt:"};
  std::string out;
  while (!sdp.empty()) {
    const std::string_view line = sdp.substr(0, sdp.find_first_of("\r\n"));
    const auto secret = std::find_if(std::begin(kSecretLines), std::end(kSecretLines),
                                     [&](std::string_view s) { return starts_with_ignoring_case(line, s); });
    if (secret != std::end(kSecretLines)) {
      out.append(*secret).append("[secret]");
    } else {
      out += line;
    }
    sdp.remove_prefix(line.size());
    const std::size_t ending = std::min(sdp.find_first_not_of("\r\n"), sdp.size());
    out += sdp.substr(0, ending);
    sdp.remove_prefix(ending);
  }
  return out;
}

}  // namespace parley
