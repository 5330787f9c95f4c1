#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/export.hpp"
#include "parley/stats.hpp"

namespace parley {

/// One object of a report.
using RTCStatsObject =
    std::variant<RTCCodecStats, RTCInboundRtpStreamStats, RTCOutboundRtpStreamStats, RTCRemoteInboundRtpStreamStats,
                 RTCRemoteOutboundRtpStreamStats, RTCAudioSourceStats, RTCVideoSourceStats, RTCAudioPlayoutStats,
                 RTCPeerConnectionStats, RTCDataChannelStats, RTCTransportStats, RTCIceCandidatePairStats,
                 RTCIceCandidateStats, RTCCertificateStats>;

/// webrtc-pc section 8.4.1: what is known at one moment, by id. A value that copies share.
///
///     const auto report = co_await connection.getStats();
///     for (const RTCTransportStats* transport : report.all<RTCTransportStats>())
///       if (const auto* pair = report.get<RTCIceCandidatePairStats>(transport->selectedCandidatePairId))
///         use(pair->currentRoundTripTime);
///
/// `T` may also be what several have in common: all<RTCRtpStreamStats>(), all<RTCStats>().
class PARLEY_EXPORT RTCStatsReport {
 public:
  /// By id.
  using Objects = std::map<std::string, RTCStatsObject, std::less<>>;

  RTCStatsReport() : RTCStatsReport(Objects()) {}
  /// For the library's own use.
  explicit RTCStatsReport(Objects objects) : objects_(std::make_shared<const Objects>(std::move(objects))) {}

  /// How many there are.
  [[nodiscard]] std::size_t size() const { return objects_->size(); }
  /// Whether there is one with that id.
  [[nodiscard]] bool has(std::string_view id) const { return objects_->contains(id); }
  /// Pairs of id and object.
  [[nodiscard]] auto begin() const { return objects_->begin(); }
  /// Behind the last pair.
  [[nodiscard]] auto end() const { return objects_->end(); }

  /// What has the id, whatever it is, or nullptr. Lives, as all that is found, as long as a copy of the report.
  [[nodiscard]] const RTCStatsObject* find(std::string_view id) const {
    const auto found = objects_->find(id);
    return found == objects_->end() ? nullptr : &found->second;
  }
  /// What has the id and is a T, else nullptr.
  template <class T = RTCStats>
  [[nodiscard]] const T* get(std::string_view id) const {
    const RTCStatsObject* object = find(id);
    return object == nullptr ? nullptr : as<T>(*object);
  }
  /// The same for a reference that may be absent. (A template, so that texts are not taken for one.)
  template <class T = RTCStats, std::same_as<std::optional<std::string>> Id>
  [[nodiscard]] const T* get(const Id& id) const {
    return id ? get<T>(std::string_view(*id)) : nullptr;
  }
  /// All that are a T, in the order of their ids.
  template <class T>
  [[nodiscard]] std::vector<const T*> all() const {
    std::vector<const T*> found;
    for (const auto& [id, object] : *objects_)
      if (const T* one = as<T>(object)) found.push_back(one);
    return found;
  }
  /// The first of them, nullptr if there is none.
  template <class T>
  [[nodiscard]] const T* first() const {
    for (const auto& [id, object] : *objects_)
      if (const T* one = as<T>(object)) return one;
    return nullptr;
  }

  /// The object as a T, nullptr if it is something else.
  template <class T>
  [[nodiscard]] static const T* as(const RTCStatsObject& object) {
    return std::visit(
        [](const auto& one) -> const T* {
          if constexpr (std::is_base_of_v<T, std::remove_cvref_t<decltype(one)>>) {
            return &one;
          } else {
            return nullptr;
          }
        },
        object);
  }

 private:
  std::shared_ptr<const Objects> objects_;
};

}  // namespace parley
