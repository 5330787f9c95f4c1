#include "support/description_changes.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::test {
namespace {

using namespace std::string_view_literals;
using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return lines;
}

/// "a=mid:" of "a=mid:0", "m=" of "m=audio …".
std::string name_of(const std::string& line) {
  const std::size_t colon = line.starts_with("a=") ? line.find(':') : std::string::npos;
  return line.substr(0, colon == std::string::npos ? std::min<std::size_t>(2, line.size()) : colon + 1);
}

/// The most useful characters in descriptions, and some that do not belong there.
constexpr std::string_view kCharacters = "0123459:; -/*=\tamx\r\n\0\xff"sv;

void change_character(std::string& line, Choices& choices) {
  if (line.empty()) return;
  line[choices.below(line.size())] = kCharacters[choices.below(kCharacters.size())];
}

void take_value(Lines& lines, std::size_t at, const Lines& from, Choices& choices) {
  const std::string& other = from[choices.below(from.size())];
  lines[at] = name_of(lines[at]) + other.substr(name_of(other).size());
}

void close_port(std::string& line) {
  const std::size_t from = line.find(' ');
  if (from != std::string::npos) line.replace(from + 1, line.find(' ', from + 1) - from - 1, "0");
}

void change_one(Lines& lines, const Lines& others, Choices& choices) {
  const std::size_t at = choices.below(lines.size()), to = choices.below(lines.size());
  const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch (choices.below(10)) {
    case 0:
      lines.erase(place);
      break;
    case 1:
      lines.insert(place, std::string(lines[at]));
      break;
    case 2:
      std::swap(lines[at], lines[to]);
      break;
    case 3: {
      std::string moved = std::move(lines[at]);
      lines.erase(place);
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min(to, lines.size())), std::move(moved));
      break;
    }
    case 4:
      lines.insert(place, others[choices.below(others.size())]);
      break;
    case 5:
      take_value(lines, at, lines, choices);
      break;
    case 6:
      take_value(lines, at, others, choices);
      break;
    case 7: {
      const std::string name = name_of(lines[at]);
      std::erase_if(lines, [&](const std::string& line) { return line.starts_with(name); });
      break;
    }
    case 8:
      for (std::string& line : lines)
        if (line.starts_with("m=") && choices.one_in(2)) close_port(line);
      break;
    default:
      change_character(lines[at], choices);
  }
}

}  // namespace

std::string with_changes(const std::string& description, const std::string& other, Choices& choices) {
  Lines lines = lines_of(description);
  const Lines others = lines_of(other.empty() ? "a=x" : other);
  for (std::size_t count = 1 + choices.below(4); count > 0 && !lines.empty(); --count)
    change_one(lines, others, choices);
  std::string text;
  for (const std::string& line : lines) text += line + "\r\n";
  if (choices.one_in(16)) text.resize(choices.below(text.size() + 1));
  return text;
}

}  // namespace parley::test
