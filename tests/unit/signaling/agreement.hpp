#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace parley::test {

/// One m= section as a description shows it.
struct ShownSection {
  std::string kind, mid;
  bool rejected = false;
  bool operator==(const ShownSection&) const = default;
};

inline std::vector<ShownSection> sections_of(const std::optional<RTCSessionDescription>& description) {
  std::vector<ShownSection> sections;
  std::istringstream lines(description ? description->sdp() : "");
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with("m=")) {
      const auto space = line.find(' ');
      const bool bundle_only_or_rejected = line.compare(space, 3, " 0 ") == 0;
      sections.push_back({line.substr(2, space - 2), "", bundle_only_or_rejected});
    }
    if (sections.empty()) continue;
    if (line.starts_with("a=mid:")) sections.back().mid = line.substr(6);
    if (line == "a=bundle-only") sections.back().rejected = false;
  }
  return sections;
}

inline RTCRtpTransceiverDirection mirrored(RTCRtpTransceiverDirection direction) {
  using enum RTCRtpTransceiverDirection;
  if (direction == SendOnly) return RecvOnly;
  return direction == RecvOnly ? SendOnly : direction;
}

/// Both have agreed, and on what both want.
inline void expect_agreement(const RTCPeerConnection& one, const RTCPeerConnection& other) {
  for (const RTCPeerConnection* peer : {&one, &other}) {
    EXPECT_EQ(peer->signalingState(), RTCSignalingState::Stable);
    EXPECT_EQ(sections_of(peer->localDescription()), sections_of(peer->remoteDescription()));
  }
  EXPECT_EQ(sections_of(one.localDescription()), sections_of(other.localDescription()));
  const auto ours = one.getTransceivers(), theirs = other.getTransceivers();
  EXPECT_EQ(ours.size(), theirs.size());
  for (const auto& mine : ours) {
    ASSERT_TRUE(mine->mid());
    const auto found = std::ranges::find_if(theirs, [&](const auto& each) { return each->mid() == mine->mid(); });
    ASSERT_NE(found, theirs.end());
    const RTCRtpTransceiver& yours = **found;
    EXPECT_EQ(mine->receiver()->track()->kind(), yours.receiver()->track()->kind());
    ASSERT_TRUE(mine->currentDirection() && yours.currentDirection());
    EXPECT_EQ(*mine->currentDirection(), mirrored(*yours.currentDirection()));
    const auto sends = [](RTCRtpTransceiverDirection d) {
      return d == RTCRtpTransceiverDirection::SendRecv || d == RTCRtpTransceiverDirection::SendOnly;
    };
    EXPECT_EQ(sends(*mine->currentDirection()), sends(mine->direction()) && sends(mirrored(yours.direction())));
    EXPECT_EQ(sends(*yours.currentDirection()), sends(yours.direction()) && sends(mirrored(mine->direction())));
  }
}

}  // namespace parley::test
