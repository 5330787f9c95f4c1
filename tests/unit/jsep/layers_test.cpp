#include "jsep/layers.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep::layers_test {
namespace {

using Strings = std::vector<std::string>;

sdp::MediaDescription with_simulcast(const std::string& lines) {
  return read("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + lines)
      .media.at(0);
}

TEST(Layers, AreInOrderEachOnceAndTheFirstOfAlternatives) {
  const auto media = with_simulcast(
      "a=rid:a send\r\na=rid:b send\r\na=rid:c send\r\na=rid:d recv\r\na=simulcast:send b,c;~a;b;c,a recv d\r\n");
  EXPECT_EQ(layers(media, Layers::Sent), (Strings{"b", "a", "c"}));
  EXPECT_EQ(layers(media, Layers::Received), Strings{"d"});
  EXPECT_EQ(layers(with_simulcast("a=rid:a send\r\n"), Layers::Sent), Strings{});
}

TEST(Layers, AreNoMoreThanThereCanBeEncodings) {
  Strings rids;
  for (int i = 0; i < 20; ++i) rids.push_back("r" + std::to_string(i));
  sdp::MediaDescription media;
  put_layers(media, {}, rids);
  const auto proposed = proposed_encodings(media);
  ASSERT_EQ(proposed.size(), kMaxEncodings);
  EXPECT_EQ(proposed.front().scale_resolution_down_by, 128.0);
  EXPECT_EQ(proposed.back().scale_resolution_down_by, 1.0);
  EXPECT_EQ(proposed.back().rid, "r7");
}

TEST(Layers, ManyAndManyStreamsAreReadInNoTime) {
  MediaPeer alice("A"), bob("B");
  alice.add_video();
  std::string lines, send = "a=simulcast:send ";
  for (int i = 0; i < 30'000; ++i) {
    const std::string rid = "r" + std::to_string(i);
    lines += "a=rid:" + rid + " send\r\na=msid:" + rid + " t\r\n";
    send += (i ? ";" : "") + rid;
  }
  const auto begin = std::chrono::steady_clock::now();
  bob.reply(replaced(alice.set_offer(), "a=msid:- A-track-1\r\n", lines + send + "\r\n"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(bob.snapshot.now.media.at(0).receive_rids.size(), kMaxEncodings);
  EXPECT_EQ(bob.snapshot.now.media.at(0).remote_streams.size(), 64u);
}

TEST(Layers, ArePutAsRidsAndSimulcast) {
  sdp::MediaDescription media;
  put_layers(media, {}, {});
  EXPECT_FALSE(media.simulcast);
  put_layers(media, {"a", "b"}, {"c"});
  EXPECT_EQ(media.rids.size(), 3u);
  EXPECT_EQ(layers(media, Layers::Sent), (Strings{"a", "b"}));
  EXPECT_EQ(layers(media, Layers::Received), Strings{"c"});
}

TEST(Layers, CommonOnesKeepTheOrderOfWhatWasAsked) {
  EXPECT_EQ(common_layers({"a", "b", "c"}, {"c", "x", "a"}), (Strings{"a", "c"}));
}

TEST(Layers, AreProposedToASenderOfOneEncodingWithoutARid) {
  const auto proposed = encodings_of({"a", "b"});
  const auto promoted = [&](std::vector<SendEncoding> before) {
    Sender sender{.encodings = std::move(before)};
    promote(sender, proposed);
    return sender.encodings == proposed;
  };
  EXPECT_TRUE(promoted({SendEncoding{}}));
  EXPECT_FALSE(promoted(encodings_of({"x"})));
  EXPECT_FALSE(promoted(encodings_of({"x", "y"})));
  Sender sender{.encodings = {SendEncoding{.active = false}}};
  promote(sender, {});
  EXPECT_EQ(sender.encodings, std::vector{SendEncoding{.active = false}});
}

TEST(Layers, AnAnswerNarrowsThemAndTheirSources) {
  const SendSource one{Ssrc(1), Ssrc(11)}, two{Ssrc(2), Ssrc(12)}, three{Ssrc(3), Ssrc(13)};
  const auto narrowed = [&](const Strings& rids) {
    Sender sender{.encodings = encodings_of({"a", "b", "c"}), .sources = {one, two, three}};
    narrow(sender, rids);
    EXPECT_EQ(sender.encodings.size(), sender.sources.size());
    return sender;
  };
  EXPECT_EQ(rids_of(narrowed({"c", "a"})), (Strings{"a", "c"}));
  EXPECT_EQ(narrowed({"c", "a"}).sources, (std::vector{one, three}));
  EXPECT_EQ(rids_of(narrowed({"c", "b", "a"})), (Strings{"a", "b", "c"}));
  EXPECT_EQ(rids_of(narrowed({})), Strings{"a"});
  EXPECT_EQ(narrowed({"x"}).sources, std::vector{one});
  Sender alone{.encodings = encodings_of({"a"})};
  narrow(alone, {});
  EXPECT_EQ(rids_of(alone), Strings{"a"});
}

}  // namespace
}  // namespace parley::jsep::layers_test
