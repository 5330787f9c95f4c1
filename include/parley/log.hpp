#pragma once

#include <functional>
#include <string_view>

#include "parley/export.hpp"

namespace parley {

/// How much a line matters.
enum class LogLevel { Debug, Info, Warning, Error, Off };

/// One line of the library's log. The views are valid during the sink's call only.
struct LogRecord {
  /// How much it matters.
  LogLevel level;
  /// The part of the library that speaks: "ice", "dtls", "sctp", "jsep", ….
  std::string_view component;
  /// Never holds a password, a key or a TURN credential.
  std::string_view message;
};

/// Lines below `level` are not even formatted. Initially Warning. Any thread.
PARLEY_EXPORT void set_log_level(LogLevel level);

/// Where lines go; initially standard error. Called by any thread, one call at a time; it must not call the library.
/// nullptr restores the initial sink.
PARLEY_EXPORT void set_log_sink(std::function<void(const LogRecord&)> sink);

}  // namespace parley
