// Channels that may lose messages do, over a link that loses packets, and go on when it is well again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/candidate_rewrite.hpp"
#include "support/link_emulator.hpp"
#include "support/pair.hpp"
#include "support/transcript.hpp"

namespace parley {
namespace {

using test::LinkEmulator;
using test::LinkRules;
using test::Transcript;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

/// Two connected peers that see each other only through a link. `near` and `far` are the ends of each channel.
class Loss : public testing::Test {
 protected:
  using Channel = std::shared_ptr<RTCDataChannel>;

  Loss() : link(std::move(LinkEmulator::start({}).value())) {
    a.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      return trickle(b, event.candidate, link->face_to_b(), [this](const auto& at) { link->set_a(at); });
    };
    b.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) {
      return trickle(a, event.candidate, link->face_to_a(), [this](const auto& at) { link->set_b(at); });
    };
    b.ondatachannel = [this](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [this, label = event.channel->label()](const MessageEvent& message) {
        heard.add(label + " " + std::string(message.text()));
      };
    };
  }
  ~Loss() override {
    a.close();
    b.close();
  }

  Channel channel(const std::string& label, const RTCDataChannelInit& init) {
    Channel made = a.createDataChannel(label, init);
    made->onopen = [this, label] { heard.add(label + " open"); };
    return made;
  }
  Promise<void> negotiate() {
    co_await a.setLocalDescription();
    co_await b.setRemoteDescription(*a.localDescription());
    co_await b.setLocalDescription();
    co_await a.setRemoteDescription(*b.localDescription());
  }
  /// The channel can carry something: its announcement has been acknowledged.
  void connect(const std::vector<Channel>& channels) {
    loop->run([this] { return negotiate(); }).get(20s);
    for (const Channel& each : channels) {
      ASSERT_TRUE(heard.wait_for(each->label() + " open"));
      each->send("first");
      ASSERT_TRUE(heard.wait_for(each->label() + " first"));
    }
  }
  /// From now on this share of what a sends is lost.
  void lose(double share) { link->set_rules(LinkRules{.loss = share}, LinkRules{}); }
  /// Until the link has lost so many packets more.
  Promise<void> losses(std::uint64_t more) {
    const std::uint64_t until = link->counters().a_to_b.lost + more;
    while (link->counters().a_to_b.lost < until) co_await loop->delay(1ms);
  }

  template <class Tell>
  static Promise<void> trickle(RTCPeerConnection& to, std::optional<RTCIceCandidate> candidate,
                               const test::Endpoint& face, Tell tell) {
    if (!candidate || candidate->candidate().empty()) co_return;
    tell(*test::host_endpoint(candidate->candidate()));
    RTCIceCandidateInit moved = candidate->toJSON();
    moved.candidate = *test::move_candidate(moved.candidate, face);
    co_await to.addIceCandidate(moved);
  }

  std::shared_ptr<EventLoop> loop = EventLoop::create();
  std::unique_ptr<LinkEmulator> link;
  Transcript heard;
  RTCPeerConnection a{test::on_loopback(loop)}, b{test::on_loopback(loop)};
};

Promise<void> send_numbers(std::shared_ptr<EventLoop> loop, std::shared_ptr<RTCDataChannel> channel, int count) {
  for (int i = 0; i < count; ++i) {
    channel->send(std::to_string(i));
    co_await loop->delay(1ms);  // a packet each
  }
}

TEST_F(Loss, WithoutRetransmissionsSomeMessagesAreMissingAndTheOthersKeepTheirOrder) {
  constexpr int kCount = 400;
  const Channel once = channel("once", {.maxRetransmits = 0});
  connect({once});
  lose(0.2);
  send_numbers(loop, once, kCount).get(60s);
  lose(0);
  once->send("last");
  ASSERT_TRUE(heard.wait_for("once last"));
  std::vector<int> numbers;
  for (const std::string& line : heard.only({"once "}))
    if (line != "once open" && line != "once first" && line != "once last")
      numbers.push_back(std::stoi(line.substr(5)));
  EXPECT_LT(numbers.size(), kCount * 95U / 100);
  EXPECT_GT(numbers.size(), kCount * 40U / 100);
  EXPECT_TRUE(std::ranges::is_sorted(numbers, std::less_equal<>()));  // and none came twice
}

TEST_F(Loss, WithRetransmissionsEveryMessageArrivesOverTheSameLink) {
  constexpr int kCount = 400;
  const Channel reliable = channel("reliable", {});
  connect({reliable});
  lose(0.2);
  send_numbers(loop, reliable, kCount).get(60s);
  lose(0);
  reliable->send("last");
  ASSERT_TRUE(heard.wait_for("reliable last"));
  EXPECT_EQ(heard.only({"reliable "}).size(), kCount + 3U);
}

TEST_F(Loss, AMessageOlderThanItsLifetimeIsGivenUpAndTheChannelGoesOn) {
  const Channel timed = channel("timed", {.maxPacketLifeTime = 20});
  const Channel reliable = channel("reliable", {});
  connect({timed, reliable});
  lose(1);
  timed->send("late");
  reliable->send("kept");
  losses(4).get(60s);          // retransmissions are among them
  loop->delay(30ms).get(10s);  // the lifetime is over
  lose(0);
  ASSERT_TRUE(heard.wait_for("reliable kept", 60s));
  timed->send("next");
  ASSERT_TRUE(heard.wait_for("timed next", 60s));
  EXPECT_THAT(heard.only({"timed "}), ElementsAre("timed open", "timed first", "timed next"));
}

}  // namespace
}  // namespace parley
