// iceCandidatePoolSize: candidates that are there before a description needs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "support/pair.hpp"
#include "support/resources.hpp"
#include "support/transcript.hpp"

namespace parley {
namespace {

using test::Latch;
using test::Pair;
using test::Transcript;
using namespace std::chrono_literals;
using testing::ElementsAre;

/// Connections whose agents are counted: each asks once about 127.0.0.1.
class CandidatePool : public testing::Test {
 protected:
  RTCConfiguration with_pool(std::uint8_t size) {
    RTCConfiguration configuration = test::on_loopback(loop_);
    configuration.iceCandidatePoolSize = size;
    configuration.network.interface_filter = [this](std::string_view, std::string_view address) {
      if (address != "127.0.0.1") return false;
      ++agents_;
      return true;
    };
    return configuration;
  }
  /// Agents that have begun to gather so far.
  int agents() {
    loop_->run([] {});  // after the task that makes them
    return agents_;
  }

  std::shared_ptr<EventLoop> loop_ = EventLoop::create();
  std::atomic<int> agents_{0};
};

TEST_F(CandidatePool, IsEmptyUnlessAskedFor) {
  RTCPeerConnection pc(with_pool(0));
  EXPECT_EQ(agents(), 0);
}

TEST_F(CandidatePool, GathersBeforeThereIsADescription) {
  RTCPeerConnection pc(with_pool(2));
  Transcript transcript;
  transcript.follow(pc);
  EXPECT_EQ(agents(), 2);
  EXPECT_EQ(pc.iceGatheringState(), RTCIceGatheringState::New);
  const auto channel = pc.createDataChannel("x");
  std::vector<RTCIceCandidate> candidates;
  pc.onicecandidate = [&](const RTCPeerConnectionIceEvent& event) {
    if (event.candidate && !event.candidate->candidate().empty()) candidates.push_back(*event.candidate);
  };
  pc.setLocalDescription().get(10s);
  ASSERT_TRUE(transcript.wait_for("candidate null"));
  EXPECT_EQ(agents(), 2);
  EXPECT_THAT(transcript.only({"gathering", "candidate"}),
              ElementsAre("gathering gathering", "candidate", "candidate end", "gathering complete", "candidate null"));
  loop_->run([&] {
    ASSERT_EQ(candidates.size(), 1U);
    const auto local = pc.sctp()->transport()->iceTransport();
    EXPECT_EQ(candidates[0].usernameFragment(), local->getLocalParameters()->usernameFragment);
    EXPECT_EQ(candidates[0].sdpMid(), "0");
    EXPECT_THAT(pc.localDescription()->sdp(), testing::HasSubstr("a=" + candidates[0].candidate()));
  });
}

TEST_F(CandidatePool, GoesOnWithoutItWhenItIsTooSmall) {
  RTCPeerConnection pc(with_pool(1));
  Transcript transcript;
  transcript.follow(pc);
  (void)pc.addTransceiver("audio");
  (void)pc.addTransceiver("video");
  const auto channel = pc.createDataChannel("x");
  pc.setLocalDescription().get(10s);
  ASSERT_TRUE(transcript.wait_for("candidate null"));
  EXPECT_EQ(agents(), 3);
  EXPECT_EQ(std::ranges::count(transcript.lines(), "candidate"), 3);
}

TEST_F(CandidatePool, ConnectsBothSides) {
  const auto names = [](const RTCPeerConnection& pc) {
    return pc.sctp()->transport()->iceTransport()->getLocalParameters()->usernameFragment;
  };
  Latch heard;
  Pair pair(with_pool(3), with_pool(3));
  EXPECT_EQ(agents(), 6);
  pair.answerer.ondatachannel = [&](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [&] { heard.set(); };
  };
  (void)pair.offerer.addTransceiver("audio");
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { channel->send("x"); };
  pair.negotiate().get(20s);
  EXPECT_TRUE(heard.wait());
  EXPECT_EQ(agents(), 6);
  EXPECT_NE(names(pair.offerer), names(pair.answerer));
  // Nothing is left for what comes later.
  const auto before = names(pair.offerer);
  pair.offerer.restartIce();
  pair.negotiate().get(20s);
  EXPECT_EQ(agents(), 8);
  EXPECT_NE(names(pair.offerer), before);
}

TEST_F(CandidatePool, IsLetGoAfterTheFirstNegotiationAndAtTheEnd) {
  { RTCPeerConnection warm(with_pool(1)); }
  loop_->run([] {});
  const auto settled = [this](std::size_t most) {
    // libnice closes its sockets in tasks of its own. Nothing is opened or closed while the loop counts.
    std::size_t now = loop_->run(test::open_descriptors);
    for (int turn = 0; turn < 1000 && now > most; ++turn) now = loop_->run(test::open_descriptors);
    return now;
  };
  const std::size_t before = settled(0);
  {
    RTCPeerConnection pc(with_pool(20));
    EXPECT_EQ(agents(), 21);
    EXPECT_GE(loop_->run(test::open_descriptors), before + 20);
    pc.close();
    EXPECT_LE(settled(before), before);
  }
  Pair pair(with_pool(20), with_pool(0));
  const auto channel = pair.offerer.createDataChannel("x");
  EXPECT_GE(agents(), 20);
  pair.negotiate().get(20s);
  EXPECT_LT(settled(before + 19), before + 20);
}

TEST_F(CandidatePool, FollowsSetConfiguration) {
  RTCConfiguration configuration = with_pool(2);
  RTCPeerConnection pc(configuration);
  EXPECT_EQ(agents(), 2);
  configuration.iceCandidatePoolSize = 3;
  pc.setConfiguration(configuration);
  EXPECT_EQ(agents(), 3);
  configuration.iceCandidatePoolSize = 1;
  pc.setConfiguration(configuration);
  EXPECT_EQ(agents(), 3);
  // Another server: what has been gathered is of no use.
  configuration.iceServers = {{.urls = "stun:127.0.0.1:9"}};
  pc.setConfiguration(configuration);
  EXPECT_EQ(agents(), 4);
  pc.setConfiguration(configuration);
  EXPECT_EQ(agents(), 4);
  const auto channel = pc.createDataChannel("x");
  pc.setLocalDescription().get(10s);
  EXPECT_EQ(agents(), 4);
  configuration.iceCandidatePoolSize = 2;
  EXPECT_THROW(pc.setConfiguration(configuration), InvalidModificationError);
  configuration.iceCandidatePoolSize = 1;
  pc.setConfiguration(configuration);
  EXPECT_EQ(agents(), 4);
}

}  // namespace
}  // namespace parley
