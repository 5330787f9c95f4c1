// Connections refuse broken descriptions and candidates in every state, and stay as they were.
#include <gtest/gtest.h>

#include <random>

#include "parley/event_loop.hpp"
#include "session/connection.hpp"
#include "support/description_changes.hpp"

namespace parley::session {
namespace {

using jsep::SdpType;
using jsep::Side;

struct Deaf final : Observer {
  void on_transport_states() override {}
  void on_selected_pair(jsep::TransportId) override {}
  void on_dtls_error(jsep::TransportId, const Error&) override {}
  void on_local_candidate(const LocalCandidate&) override {}
  void on_candidate_error(const ice::CandidateError&) override {}
  void on_sctp_state(DataPlane::State) override {}
  void on_channel_announced(dcep::ChannelKey, const dcep::ChannelInit&) override {}
  void on_channel_id(dcep::ChannelKey, dcep::StreamId) override {}
  void on_channel_open(dcep::ChannelKey) override {}
  void on_channel_message(dcep::ChannelKey, bool, ByteView) override {}
  void on_channel_taken(dcep::ChannelKey, const dcep::Taken&) override {}
  void on_channel_closing(dcep::ChannelKey) override {}
  void on_channel_closed(dcep::ChannelKey, const std::optional<Error>&) override {}
  void on_packet(jsep::TransceiverId, const media::ReceivedPacket&) override {}
  void on_video_frame(jsep::TransceiverId, RTCEncodedVideoFrame&&) override {}
  void on_audio_frame(jsep::TransceiverId, RTCEncodedAudioFrame&&) override {}
  void on_media_muted(jsep::TransceiverId, bool) override {}
  void on_key_frame_request(jsep::TransceiverId, const std::string&) override {}
  void on_target_rate(jsep::TransceiverId, double) override {}
  void on_loss(jsep::TransceiverId, double) override {}
  void on_tone(jsep::TransceiverId, char) override {}
};

Config on_loopback() {
  static const auto certificate = *dtls::Certificate::generate();
  Config config;
  config.certificates = {certificate};
  config.ice.loopback = ice::Loopback::Always;
  config.ice.allow = [](std::string_view, std::string_view address) { return address == "127.0.0.1"; };
  return config;
}

/// What a connection is, as far as it can be asked.
struct Looks {
  explicit Looks(const Connection& connection) : snapshot(connection.snapshot()) {
    for (const TransportStates& states : connection.transport_states()) {
      transports.push_back(states.id);
      for (const ice::Agent* agent : connection.transport(states.id)->agents())
        agents.push_back(agent->local_credentials());
      dtls.push_back(states.dtls);
    }
    if (const auto* local = jsep::local_description(snapshot)) shown = connection.shown_local(*local);
  }
  bool operator==(const Looks&) const = default;

  jsep::Snapshot snapshot;
  std::vector<jsep::TransportId> transports;
  std::vector<ice::Credentials> agents;
  std::vector<dtls::State> dtls;
  std::string shown;
};

class Refusals {
 public:
  explicit Refusals(EventLoop& loop, unsigned seed) : a_(loop, on_loopback(), deaf_), b_(loop, on_loopback(), deaf_) {
    std::mt19937 random(seed);
    for (std::uint8_t& byte : bytes_) byte = static_cast<std::uint8_t>(random() >> 8);
    a_.add_track(jsep::MediaKind::Audio, {"s"});
    a_.add_track(jsep::MediaKind::Video, {});
    b_.add_track(jsep::MediaKind::Video, {});
  }

  /// A whole negotiation and a second one, with broken descriptions at each step.
  void negotiate() {
    for (const bool restart : {false, true}) {
      const std::string offer = *a_.create_offer(restart);
      try_everything(offer, offer);
      ASSERT_TRUE(a_.set_description(Side::Local, SdpType::Offer, offer));
      try_everything(offer, offer);
      ASSERT_TRUE(b_.set_description(Side::Remote, SdpType::Offer, offer));
      const std::string answer = *b_.create_answer();
      try_everything(answer, offer);
      ASSERT_TRUE(b_.set_description(Side::Local, SdpType::Pranswer, answer));
      ASSERT_TRUE(a_.set_description(Side::Remote, SdpType::Pranswer, answer));
      try_everything(answer, offer);
      ASSERT_TRUE(b_.set_description(Side::Local, SdpType::Answer, answer));
      ASSERT_TRUE(a_.set_description(Side::Remote, SdpType::Answer, answer));
    }
  }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  void try_everything(const std::string& text, const std::string& other) {
    for (Connection* connection : {&a_, &b_})
      for (const SdpType type : {SdpType::Offer, SdpType::Pranswer, SdpType::Answer})
        for (int i = 0; i < 4; ++i) {
          std::string broken = test::with_changes(text, other, choices_);
          // What is not refused would have its effect.
          for (const Side side : {Side::Remote, Side::Local})
            if (jsep::plan(connection->snapshot(), side, type, broken)) broken += "\r\nb\r\n";
          expect_refused(*connection, Side::Remote, type, broken);
          expect_refused(*connection, Side::Local, type, broken);
        }
  }

  void expect_refused(Connection& connection, Side side, SdpType type, const std::string& text) {
    const Looks before(connection);
    EXPECT_FALSE(connection.set_description(side, type, text));
    EXPECT_FALSE(connection.add_remote_candidate({.candidate = "candidate:x", .sdp_mid = "none"}));
    EXPECT_TRUE(Looks(connection) == before) << text;
    ++refused_;
  }

  std::array<std::uint8_t, 8192> bytes_{};
  test::Choices choices_{bytes_};
  Deaf deaf_;
  Connection a_, b_;
  int refused_ = 0;
};

TEST(Refusal, LeavesAConnectionAsItWas) {
  const auto loop = EventLoop::create();
  for (unsigned seed = 0; seed < 10; ++seed)
    loop->run([&] {
      Refusals refusals(*loop, seed);
      refusals.negotiate();
      EXPECT_GT(refusals.refused(), 300);
    });
}

}  // namespace
}  // namespace parley::session
