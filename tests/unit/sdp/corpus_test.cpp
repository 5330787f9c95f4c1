#include "unit/sdp/corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sdp/effective.hpp"
#include "sdp/lookup.hpp"
#include "sdp/parse.hpp"
#include "sdp/print.hpp"
#include "unit/sdp/recordings.hpp"

namespace parley::sdp {
namespace {

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    line.erase(line.find_last_not_of(" \r") + 1);
    if (!line.empty()) lines.push_back(line);
    start = end + 1;
  }
  std::ranges::sort(lines);
  return lines;
}

Description read_corpus(const std::string& name) {
  auto description = parse(corpus_text(name));
  EXPECT_TRUE(description) << name << ": " << description.error().message;
  return description ? *std::move(description) : Description{};
}

void expect_same_when_printed(const std::string& text) {
  const auto first = parse(text);
  ASSERT_TRUE(first) << first.error().message;
  const std::string printed = print(*first);
  EXPECT_EQ(sorted_lines(printed), sorted_lines(text));
  const auto second = parse(printed);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(print(*second), printed);
}

class SdpCorpus : public testing::TestWithParam<CorpusFile> {};

TEST_P(SdpCorpus, SaysTheSameWhenPrintedAgain) { expect_same_when_printed(GetParam().text); }

INSTANTIATE_TEST_SUITE_P(Real, SdpCorpus, testing::ValuesIn(corpus()), [](const auto& entry) {
  std::string name = entry.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

class SdpRecordings : public testing::TestWithParam<std::string> {};

TEST_P(SdpRecordings, SayTheSameWhenPrintedAgain) {
  const auto files = recorded_files(GetParam(), ".sdp");
  ASSERT_FALSE(files.empty());
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    expect_same_when_printed(file_text(path));
  }
}

INSTANTIATE_TEST_SUITE_P(Real, SdpRecordings, testing::ValuesIn(recorded_peers()),
                         [](const auto& info) { return test_name(info.param); });

TEST(SdpCorpusFacts, TheCorpusIsThere) { EXPECT_GE(corpus().size(), 30U); }

TEST(SdpCorpusFacts, ChromiumDataOfferHasEverythingNegotiationNeeds) {
  const Description offer = read_corpus("chromium-offer-data");
  ASSERT_EQ(offer.media.size(), 1U);
  const MediaDescription& data = offer.media[0];
  EXPECT_EQ(data.kind, "application");
  EXPECT_TRUE(is_sctp(data));
  EXPECT_EQ(data.formats, std::vector<std::string>{"webrtc-datachannel"});
  EXPECT_EQ(data.mid, "0");
  EXPECT_EQ(data.setup, Setup::ActPass);
  EXPECT_EQ(sctp_port(data), 5000);
  EXPECT_EQ(data.max_message_size, 262144U);
  EXPECT_EQ(data.fingerprints.at(0).algorithm, "sha-256");
  EXPECT_FALSE(data.candidates.empty());
  EXPECT_TRUE(has_ice_option(effective_ice_options(offer, data), "trickle"));
  EXPECT_NE(group_of(offer, "BUNDLE", "0"), nullptr);
  EXPECT_TRUE(data.attributes.empty()) << data.attributes[0].name;
}

TEST(SdpCorpusFacts, FirefoxMediaInheritsFingerprintAndTrickleFromTheSession) {
  const Description offer = read_corpus("firefox-offer-data");
  const MediaDescription& data = offer.media.at(0);
  EXPECT_TRUE(data.fingerprints.empty());
  EXPECT_EQ(effective_fingerprints(offer, data), offer.fingerprints);
  EXPECT_EQ(effective_fingerprints(offer, data).size(), 1U);
  EXPECT_TRUE(has_ice_option(effective_ice_options(offer, data), "trickle"));
  EXPECT_TRUE(data.end_of_candidates);
}

TEST(SdpCorpusFacts, BothFormsOfDataChannelSectionsAreSctp) {
  for (const char* name : {"aiortc-offer-data", "chromium-answer-data-legacy", "firefox-answer-data-legacy"}) {
    const Description legacy = read_corpus(name);
    const MediaDescription& data = legacy.media.at(0);
    EXPECT_TRUE(is_sctp(data)) << name;
    EXPECT_FALSE(is_rtp(data)) << name;
    EXPECT_EQ(data.protocol, "DTLS/SCTP") << name;
    ASSERT_TRUE(data.sctpmap) << name;
    EXPECT_EQ(data.sctpmap->application, "webrtc-datachannel") << name;
    EXPECT_EQ(sctp_port(data), 5000) << name;
  }
}

TEST(SdpCorpusFacts, SimulcastOffersNameTheirLayers) {
  for (const char* name : {"chromium-offer-simulcast", "firefox-offer-simulcast"}) {
    const Description offer = read_corpus(name);
    const MediaDescription& video = offer.media.at(0);
    ASSERT_EQ(video.rids.size(), 3U) << name;
    ASSERT_TRUE(video.simulcast) << name;
    EXPECT_TRUE(video.simulcast->recv.empty()) << name;
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(video.simulcast->send.at(i).at(0).rid, video.rids[i].id) << name;
    EXPECT_EQ(effective_direction(offer, video), Direction::SendOnly) << name;
  }
}

TEST(SdpCorpusFacts, TheOlderSimulcastIsAGroupOfSources) {
  const Description offer = read_corpus("safari-offer-video-legacy-simulcast");
  const MediaDescription& video = offer.media.at(0);
  ASSERT_EQ(video.ssrc_groups.size(), 4U);
  EXPECT_EQ(video.ssrc_groups[0], (SsrcGroup{"SIM", {Ssrc(1000), Ssrc(2000), Ssrc(3000)}}));
  EXPECT_EQ(video.ssrcs.size(), 24U);
  EXPECT_EQ(video.bandwidths, (std::vector<Bandwidth>{{"AS", 2000}, {"TIAS", 2000000}}));
  EXPECT_EQ(video.attributes, (std::vector<Attribute>{{"x-google-flag", "conference"}}));
}

TEST(SdpCorpusFacts, ARejectedSectionKeepsItsPlace) {
  const Description answer = read_corpus("gstreamer-offer-audio-video-data");
  ASSERT_EQ(answer.media.size(), 3U);
  EXPECT_EQ(answer.media[1].port, 0);
  EXPECT_TRUE(answer.media[1].bundle_only);
  EXPECT_TRUE(answer.media[0].rtcp_mux_only);
  EXPECT_EQ(attribute(answer.media[0], "framerate")->value, "30");
}

}  // namespace
}  // namespace parley::sdp
