#include "bench_line.hpp"

#include <cstdlib>
#include <iostream>
#include <mutex>

namespace parley::bench {

double CommandLine::number(const std::string& key) const {
  const auto found = options.find(key);
  if (found != options.end()) return found->second;
  std::cerr << "option missing: " << key << "=\n";
  std::exit(2);
}

double CommandLine::number_or(const std::string& key, double fallback) const {
  const auto found = options.find(key);
  return found != options.end() ? found->second : fallback;
}

CommandLine parse_command_line(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: " << argv[0] << " MEASUREMENT MODE key=value...\n";
    std::exit(2);
  }
  CommandLine line{.measurement = argv[1], .mode = argv[2], .options = {}};
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos)
      line.options[word.substr(0, equals)] = std::strtod(word.c_str() + equals + 1, nullptr);
  }
  return line;
}

void print_line(const std::string& key, const nlohmann::json& value) {
  static std::mutex printing;
  const std::string text = nlohmann::json{{key, value}}.dump();
  const std::lock_guard lock(printing);
  std::cout << text << std::endl;
}

}  // namespace parley::bench
