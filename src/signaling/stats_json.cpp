#include <map>
#include <optional>
#include <string>

#include "parley/data_channel.hpp"
#include "parley/json.hpp"
#include "stats/members.hpp"

namespace parley {
namespace {

using nlohmann::json;

/// Writes members; what is absent is left out, enumerations are their W3C strings.
struct Writer {
  json& out;
  template <class T>
  void operator()(const char* name, const T& value) const {
    if constexpr (std::is_enum_v<T>) {
      out[name] = std::string(to_string(value));
    } else {
      out[name] = value;
    }
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) const {
    if (value) (*this)(name, *value);
  }
};

}  // namespace

void to_json(json& out, const RTCStatsObject& object) {
  out = json::object();
  std::visit([&](const auto& one) { stats::each_member(one, Writer{out}); }, object);
}

void to_json(json& out, const RTCStatsReport& report) {
  out = json::object();
  for (const auto& [id, object] : report) to_json(out[id], object);
}

}  // namespace parley
