#include "support/candidate_rewrite.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace parley::test {
namespace {

// candidate:foundation component transport priority address port typ type …
constexpr std::size_t kTransport = 2;
constexpr std::size_t kAddress = 4;
constexpr std::size_t kPort = 5;
constexpr std::size_t kType = 7;

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t space = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, space));
    line.remove_prefix(std::min(space + 1, line.size()));
  }
  return words;
}

bool is_udp(std::string_view word) {
  return word.size() == 3 && std::equal(word.begin(), word.end(), "udp", [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

bool is_candidate(std::string_view line) {
  if (line.starts_with("a=")) line.remove_prefix(2);
  return line.starts_with("candidate:");
}

}  // namespace

std::optional<Endpoint> host_endpoint(std::string_view candidate) {
  const auto words = split(candidate);
  if (!is_candidate(candidate) || words.size() <= kType) return std::nullopt;
  if (!is_udp(words[kTransport]) || words[kType] != "host") return std::nullopt;
  std::uint16_t port = 0;
  const std::string_view digits = words[kPort];
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc{}) return std::nullopt;
  return Endpoint::from(words[kAddress], port);
}

std::optional<std::string> move_candidate(std::string_view candidate, const Endpoint& to) {
  if (!host_endpoint(candidate)) return std::nullopt;
  const std::string address = to.address();
  const std::string port = std::to_string(to.port());
  auto words = split(candidate);
  words[kAddress] = address;
  words[kPort] = port;
  std::string line(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) line.append(" ").append(words[i]);
  return line;
}

MovedDescription move_description(std::string_view sdp, const Endpoint& to) {
  MovedDescription moved;
  while (!sdp.empty()) {
    const std::size_t feed = std::min(sdp.find('\n'), sdp.size() - 1);
    const std::string_view whole = sdp.substr(0, feed + 1);
    const std::string_view line = whole.substr(0, whole.find_last_not_of("\r\n") + 1);
    sdp.remove_prefix(whole.size());
    if (!is_candidate(line)) {
      moved.sdp += whole;
    } else if (const auto at = host_endpoint(line); at && !moved.from) {
      moved.from = at;
      moved.sdp.append(*move_candidate(line, to)).append(whole.substr(line.size()));
    }
  }
  return moved;
}

}  // namespace parley::test
