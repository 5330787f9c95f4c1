#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include "parley/log.hpp"

namespace parley {

bool log_enabled(LogLevel level);
/// A sink that throws loses the line.
void log_line(LogLevel level, std::string_view component, std::string_view message) noexcept;

/// A text that is never printed: wrap passwords, keys and credentials in it before they come near a log line.
struct Secret {
  std::string text;
};
inline std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[secret]"; }

/// log(LogLevel::Info, "ice", "selected ", pair, " after ", ms, " ms");
template <class... Parts>
void log(LogLevel level, std::string_view component, const Parts&... parts) {
  if (!log_enabled(level)) return;
  std::ostringstream line;
  (line << ... << parts);
  log_line(level, component, std::move(line).str());
}

/// Session description text with the values of ice-pwd, crypto and key lines taken out, for a log line. Lines may end
/// as they like, or not at all.
std::string redact_sdp(std::string_view sdp);

}  // namespace parley
