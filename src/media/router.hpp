#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/rtp_numbers.hpp"
#include "media/format.hpp"

namespace parley::media {

/// Which section a packet belongs to that came over a transport that several share: RFC 9143 section 9.2.
class Router {
 public:
  struct Target {
    SectionKey key{};
    std::string mid;
    /// What may come, as this side's description numbers it.
    std::vector<PayloadType> payload_types;
    /// What the peer's description announces (a=ssrc).
    std::vector<Ssrc> announced;
  };
  /// The most sources that are remembered; then those learned are forgotten, and learned anew.
  static constexpr std::size_t kMostSources = 1024;

  void set_targets(std::vector<Target> targets);

  /// `mid` is what the packet says itself, empty if nothing. nullopt: for nobody.
  std::optional<SectionKey> route(Ssrc source, std::string_view mid, PayloadType payload_type);
  /// For RTCP: where the source's packets went.
  [[nodiscard]] std::optional<SectionKey> find(Ssrc source) const;

 private:
  std::optional<SectionKey> learn(Ssrc source, SectionKey section);
  bool learn_announced();

  std::vector<Target> targets_;
  std::unordered_map<Ssrc, SectionKey> sources_;
};

}  // namespace parley::media
