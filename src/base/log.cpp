#include "base/log.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>

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
  sink().write = std::move(write);
}

bool log_enabled(LogLevel level) { return level >= threshold.load(std::memory_order_relaxed); }

void log_line(LogLevel level, std::string_view component, std::string_view message) {
  const LogRecord record{level, component, message};
  const std::lock_guard lock(sink().mutex);
  if (sink().write) {
    sink().write(record);
  } else {
    write_to_stderr(record);
  }
}

std::string redact_sdp(std::string_view sdp) {
  static constexpr std::string_view kSecretLines[] = {"a=ice-pwd:", "a=crypto:", "k=", "a=key-mgmt:"};
  std::string out;
  while (!sdp.empty()) {
    const std::size_t end = std::min(sdp.find('\n'), sdp.size() - 1);
    const std::string_view line = sdp.substr(0, end + 1);
    std::string_view kept = line;
    for (const std::string_view secret : kSecretLines)
      if (line.starts_with(secret)) kept = secret;
    out += kept;
    if (kept.size() != line.size()) out += "[secret]\r\n";
    sdp.remove_prefix(line.size());
  }
  return out;
}

}  // namespace parley
