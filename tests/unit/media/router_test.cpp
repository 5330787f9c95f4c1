#include "media/router.hpp"

#include <gtest/gtest.h>

namespace parley::media {
namespace {

constexpr SectionKey kAudio{1}, kVideo{2}, kSecondVideo{3};

Router router() {
  Router made;
  made.set_targets({{.key = kAudio, .mid = "a", .payload_types = {PayloadType(111)}, .announced = {Ssrc(10)}},
                    {.key = kVideo, .mid = "v", .payload_types = {PayloadType(96)}, .announced = {}},
                    {.key = kSecondVideo, .mid = "w", .payload_types = {PayloadType(96)}, .announced = {}}});
  return made;
}

TEST(Router, TheMidDecidesAndIsRemembered) {
  Router routes = router();
  EXPECT_EQ(routes.route(Ssrc(5), "w", PayloadType(96)), kSecondVideo);
  EXPECT_EQ(routes.route(Ssrc(5), "", PayloadType(96)), kSecondVideo);
  EXPECT_EQ(routes.route(Ssrc(5), "v", PayloadType(96)), kVideo);
  EXPECT_EQ(routes.find(Ssrc(5)), kVideo);
}

TEST(Router, AnUnknownMidIsForNobodyWhateverElseThePacketSays) {
  Router routes = router();
  EXPECT_EQ(routes.route(Ssrc(10), "x", PayloadType(111)), std::nullopt);
}

TEST(Router, AnAnnouncedSourceNeedsNoMid) {
  Router routes = router();
  EXPECT_EQ(routes.route(Ssrc(10), "", PayloadType(0)), kAudio);
}

TEST(Router, APayloadTypeOfOneSectionTellsIt) {
  Router routes = router();
  EXPECT_EQ(routes.route(Ssrc(6), "", PayloadType(111)), kAudio);
  EXPECT_EQ(routes.find(Ssrc(6)), kAudio);
}

TEST(Router, APayloadTypeOfTwoSectionsTellsNothing) {
  Router routes = router();
  EXPECT_EQ(routes.route(Ssrc(6), "", PayloadType(96)), std::nullopt);
  EXPECT_EQ(routes.route(Ssrc(6), "", PayloadType(5)), std::nullopt);
}

TEST(Router, SourcesOfASectionThatIsGoneAreForgotten) {
  Router routes = router();
  routes.route(Ssrc(5), "w", PayloadType(96));
  routes.set_targets({{.key = kVideo, .mid = "v", .payload_types = {PayloadType(96)}, .announced = {}}});
  EXPECT_EQ(routes.find(Ssrc(5)), std::nullopt);
  EXPECT_EQ(routes.find(Ssrc(10)), std::nullopt);
  EXPECT_EQ(routes.route(Ssrc(5), "", PayloadType(96)), kVideo);
}

TEST(Router, ManySourcesDoNotGrowItWithoutEnd) {
  Router routes = router();
  for (std::uint32_t source = 0; source < 5000; ++source) routes.route(Ssrc(source), "v", PayloadType(96));
  std::size_t known = 0;
  for (std::uint32_t source = 0; source < 5000; ++source) known += routes.find(Ssrc(source)) ? 1U : 0U;
  EXPECT_LE(known, Router::kMostSources);
}

/// Their packets need not say whose they are.
TEST(Router, ManySourcesDoNotMakeItForgetThoseThatAreAnnounced) {
  Router routes = router();
  for (std::uint32_t source = 100; source < 5000; ++source) routes.route(Ssrc(source), "v", PayloadType(96));
  EXPECT_EQ(routes.route(Ssrc(10), "", PayloadType(0)), kAudio);
}

TEST(Router, ManyThatAreAnnouncedLeaveRoomForOthers) {
  Router routes;
  std::vector<Ssrc> announced;
  for (std::uint32_t source = 1; source <= 2000; ++source) announced.emplace_back(source);
  routes.set_targets({{.key = kAudio, .mid = "a", .payload_types = {PayloadType(0)}, .announced = announced},
                      {.key = kVideo, .mid = "v", .payload_types = {PayloadType(0)}, .announced = {}}});
  for (std::uint32_t source = 5000; source < 5400; ++source) routes.route(Ssrc(source), "v", PayloadType(0));
  for (std::uint32_t source = 5000; source < 5400; ++source) EXPECT_EQ(routes.find(Ssrc(source)), kVideo);
  EXPECT_EQ(routes.find(Ssrc(1)), kAudio);
}

TEST(Router, WhatWasLearnedStaysWhenTheSameIsNegotiatedAgain) {
  std::vector<Ssrc> announced;
  for (std::uint32_t source = 1; source <= 510; ++source) announced.emplace_back(source);
  const std::vector<Router::Target> targets{
      {.key = kVideo, .mid = "v", .payload_types = {PayloadType(0)}, .announced = announced}};
  Router routes;
  routes.set_targets(targets);
  for (std::uint32_t source = 5000; source < 5400; ++source) routes.route(Ssrc(source), "v", PayloadType(0));
  routes.set_targets(targets);
  EXPECT_EQ(routes.find(Ssrc(5000)), kVideo);
}

}  // namespace
}  // namespace parley::media
