#include <thread>

#include "packets.hpp"

namespace parley::srtp::test {
namespace {

TEST(SrtpThreads, EachMayHaveSessionsOfItsOwn) {
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (const Profile profile : kProfiles) {
        Pair pair(profile);
        for (std::uint16_t sequence = 0; sequence < 50; ++sequence)
          passed += opened_rtp(pair.bob, sealed_rtp(pair.alice, rtp_packet(sequence))) == Opened(rtp_packet(sequence));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 4 * 4 * 50);
}

}  // namespace
}  // namespace parley::srtp::test
