#include "stats/disguise.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "stats/members.hpp"

namespace parley::stats {
namespace {

/// FNV-1a, begun with the key and mixed at the end: not a secret, only not to be guessed by chance.
std::uint64_t hash(std::string_view text, std::uint64_t key) {
  std::uint64_t value = key ^ 0xCBF29CE484222325;
  for (const char each : text) value = (value ^ static_cast<unsigned char>(each)) * 0x100000001B3;
  value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93;
  return value ^ (value >> 32);
}

std::string disguised(std::string_view id, std::uint64_t key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name(16, '0');
  std::uint64_t rest = hash(id, key);
  for (char& digit : name) {
    digit = kDigits[rest % 16];
    rest /= 16;
  }
  return name;
}

/// Renames whatever is the id of an object: members say so by their names. The tables show members as constants, which
/// those of a report in the making are not.
struct Rename {
  std::uint64_t key;
  void operator()(std::string_view name, const std::string& value) const {
    if (name == "id" || name.ends_with("Id")) const_cast<std::string&>(value) = disguised(value, key);
  }
  void operator()(std::string_view name, const std::optional<std::string>& value) const {
    if (value) (*this)(name, *value);
  }
  template <class T>
  void operator()(std::string_view, const T&) const {}
};

}  // namespace

RTCStatsReport disguise(RTCStatsReport::Objects&& objects, std::uint64_t key) {
  RTCStatsReport::Objects result;
  for (auto& [id, object] : objects) {
    std::visit([&](auto& one) { each_member(one, Rename{key}); }, object);
    result.emplace(disguised(id, key), std::move(object));
  }
  return RTCStatsReport(std::move(result));
}

}  // namespace parley::stats
