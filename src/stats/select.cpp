#include "stats/select.hpp"

#include <string_view>

#include "stats/members.hpp"

namespace parley::stats {
namespace {

/// Collects the values of members that are ids of other objects: their names say so.
struct References {
  std::vector<std::string>& found;
  void operator()(std::string_view name, const std::string& value) const {
    if (name.ends_with("Id")) found.push_back(value);
  }
  void operator()(std::string_view name, const std::optional<std::string>& value) const {
    if (value) (*this)(name, *value);
  }
  template <class T>
  void operator()(std::string_view, const T&) const {}
};

}  // namespace

RTCStatsReport select(const RTCStatsReport& report, std::vector<std::string> ids) {
  RTCStatsReport::Objects selected;
  while (!ids.empty()) {
    const std::string id = std::move(ids.back());
    ids.pop_back();
    const RTCStatsObject* object = report.find(id);
    if (object == nullptr || !selected.emplace(id, *object).second) continue;
    std::visit([&](const auto& one) { each_member(one, References{ids}); }, *object);
  }
  return RTCStatsReport(std::move(selected));
}

}  // namespace parley::stats
