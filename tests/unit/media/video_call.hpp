#pragma once

#include <gtest/gtest.h>

#include <set>

#include "call.hpp"

namespace parley::media::test {

inline const Encoding kEncoding{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = ""};
/// Two layers.
inline const Encoding kHigh{.source = Ssrc(1000), .retransmission = Ssrc(1001), .rid = "h"};
inline const Encoding kLow{.source = Ssrc(2000), .retransmission = Ssrc(2001), .rid = "l"};

/// Left sends video to right.
struct VideoCall : Call {
  explicit VideoCall(std::uint32_t seed = 1, const Section& section = video_section()) : Call(seed) {
    left->session.configure({sending(section, {kEncoding})});
    right->session.configure({receiving(section)});
    connect();
  }
  /// A frame every 33 ms, and a key frame whenever one is asked for.
  void stream(std::uint32_t frames, std::size_t size = 4000) {
    for (std::uint32_t i = 0; i < frames; ++i, ++sent) {
      const bool key = !left->requests.empty();
      left->requests.clear();
      if (key) keys.insert(sent);
      const Bytes data = vp8(key, size, static_cast<std::uint8_t>(sent));
      ASSERT_TRUE(left->session.send(kVideo, "", frame_of(data, key), now));
      run(33ms);
    }
  }
  std::uint32_t sent = 0;
  std::set<std::uint32_t> keys;
};

}  // namespace parley::media::test
