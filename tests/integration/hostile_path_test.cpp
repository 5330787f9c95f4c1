// A path that stops carrying large datagrams, of which nobody tells.
#include <gtest/gtest.h>

#include <atomic>

#include "support/meddler.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Meddler;
using namespace std::chrono_literals;

constexpr std::size_t kMessage = 60000;

struct OverAPath : ::testing::TestWithParam<bool> {
  static RTCConfiguration configuration() {
    RTCConfiguration made = test::on_loopback();
    made.network.fast_path = GetParam();
    return made;
  }
  OverAPath() {
    meddler.set_rule([this](Meddler::Way, ByteView datagram, const Meddler::Emit& emit) {
      std::size_t seen = largest;
      while (datagram.size() > seen && !largest.compare_exchange_weak(seen, datagram.size())) {
      }
      if (datagram.size() > 8000) large.set();
      if (datagram.size() <= carries) emit(datagram);
    });
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [this](const MessageEvent& message) {
        if (message.bytes().size() != kMessage) return;
        if (++arrived == wanted) all.set();
      };
    };
    channel->onopen = [this] { open.set(); };
    negotiate_through(meddler, offerer, answerer).get(20s);
  }
  ~OverAPath() override {
    offerer.close();
    answerer.close();
  }
  void send(int messages) {
    const std::vector<std::uint8_t> message(kMessage);
    for (int i = 0; i < messages; ++i) channel->send(message);
  }

  std::atomic<std::size_t> largest = 0, carries = 65535;
  std::atomic<int> arrived = 0, wanted = 0;
  Latch open, large, all;
  Meddler meddler;  // its thread sets the latches
  RTCPeerConnection offerer{configuration()}, answerer{configuration()};
  std::shared_ptr<RTCDataChannel> channel = offerer.createDataChannel("data");
};
INSTANTIATE_TEST_SUITE_P(FastPath, OverAPath, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "On" : "Off"; });

TEST_P(OverAPath, ThatLosesLargeDatagramsEverythingArrivesInSmallOnes) {
  carries = 1280 - 48;
  ASSERT_TRUE(open.wait());
  wanted = 100;
  send(wanted);
  EXPECT_TRUE(all.wait(60s)) << arrived;
}

TEST_P(OverAPath, ThatBeginsToLoseThemEverythingArrivesNevertheless) {
  if (PARLEY_TEST_PORTABLE) GTEST_SKIP() << "datagrams are small there";
  ASSERT_TRUE(open.wait());
  wanted = 200;
  send(100);
  ASSERT_TRUE(large.wait()) << largest;
  carries = 1280 - 48;
  send(100);
  EXPECT_TRUE(all.wait(60s)) << arrived;
}

TEST_P(OverAPath, WithoutAProbeDatagramsStaySmall) {
  if (!PARLEY_TEST_PORTABLE) GTEST_SKIP() << "probes are sent here";
  ASSERT_TRUE(open.wait());
  wanted = 100;
  send(wanted);
  EXPECT_TRUE(all.wait(60s)) << arrived;
  EXPECT_LT(largest, 1300U);
}

}  // namespace
}  // namespace parley
