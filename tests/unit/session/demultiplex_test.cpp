#include "session/demultiplex.hpp"

#include <gtest/gtest.h>

#include <map>

namespace parley::session {
namespace {

TEST(Demultiplex, TheFirstByteTellsTheProtocol) {
  // Where each range of RFC 7983 section 7 begins, and what comes behind it.
  const std::map<int, Protocol> begins = {{0, Protocol::Stun},  {4, Protocol::Unknown},      {16, Protocol::Zrtp},
                                          {20, Protocol::Dtls}, {64, Protocol::TurnChannel}, {80, Protocol::Unknown},
                                          {128, Protocol::Rtp}, {192, Protocol::Unknown}};
  for (int first = 0; first < 256; ++first) {
    const Bytes packet = {static_cast<std::uint8_t>(first), 0xFF};
    EXPECT_EQ(protocol_of(packet), std::prev(begins.upper_bound(first))->second) << first;
  }
}

TEST(Demultiplex, AnEmptyPacketIsNobodys) { EXPECT_EQ(protocol_of({}), Protocol::Unknown); }

}  // namespace
}  // namespace parley::session
