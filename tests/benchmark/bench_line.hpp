#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace parley::bench {

/// `MEASUREMENT MODE key=value…`, as README.md describes it.
struct CommandLine {
  std::string measurement;
  std::string mode;
  std::map<std::string, double> options;
  /// Ends the program if the option is missing.
  [[nodiscard]] double number(const std::string& key) const;
  [[nodiscard]] double number_or(const std::string& key, double fallback) const;
  [[nodiscard]] std::size_t count(const std::string& key) const { return static_cast<std::size_t>(number(key)); }
};

CommandLine parse_command_line(int argc, char** argv);
/// One line of JSON, `{key: value}`, on standard output; safe on any thread.
void print_line(const std::string& key, const nlohmann::json& value);

}  // namespace parley::bench
