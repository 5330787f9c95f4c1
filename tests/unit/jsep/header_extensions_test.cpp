#include "jsep/header_extensions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jsep/codec_table.hpp"
#include "unit/jsep/media_section.hpp"

namespace parley::jsep {
namespace {

using sdp::Direction;
using sdp::Extmap;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<HeaderExtension> many(int count) {
  std::vector<HeaderExtension> extensions;
  for (int i = 0; i < count; ++i) extensions.push_back({.uri = "urn:x:" + std::to_string(i)});
  return extensions;
}

std::vector<std::string> shown(const std::vector<Extmap>& extmaps) {
  std::vector<std::string> texts;
  for (const Extmap& extmap : extmaps)
    texts.push_back(std::to_string(extmap.id) +
                    (extmap.direction ? "/" + std::string(to_string(*extmap.direction)) : "") + " " + extmap.uri);
  return texts;
}

std::vector<std::uint16_t> ids(const std::vector<Extmap>& extmaps) {
  std::vector<std::uint16_t> numbers;
  for (const Extmap& extmap : extmaps) numbers.push_back(extmap.id);
  return numbers;
}

TEST(NumberExtensions, GivesOneIdToOneExtensionInAllSections) {
  ExtensionIds in_use;
  const auto audio = number_extensions(default_header_extensions(MediaKind::Audio), in_use, true);
  const auto video = number_extensions(default_header_extensions(MediaKind::Video), in_use, true);
  EXPECT_THAT(ids(audio), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ids(video), ElementsAre(2, 6, 3, 7, 4, 8, 9, 5));
  EXPECT_EQ(number_extensions(default_header_extensions(MediaKind::Video), in_use, true), video);
}

TEST(NumberExtensions, KeepsWhatIsInUse) {
  ExtensionIds in_use;
  in_use.bind({.id = 1, .uri = "urn:unknown"});
  in_use.bind({.id = 9, .direction = Direction::RecvOnly, .uri = std::string(extension::kMid)});
  in_use.bind({.id = 2, .uri = std::string(extension::kRid)});
  in_use.bind({.id = 2, .uri = "urn:other"});
  in_use.bind({.id = 4100, .uri = std::string(extension::kRepairedRid)});
  EXPECT_THAT(shown(number_extensions({{.uri = std::string(extension::kMid)},
                                       {.uri = std::string(extension::kRid), .direction = Direction::SendOnly},
                                       {.uri = std::string(extension::kRepairedRid)}},
                                      in_use, true)),
              ElementsAre("9 " + std::string(extension::kMid), "3/sendonly " + std::string(extension::kRid),
                          "4 " + std::string(extension::kRepairedRid)));
}

/// RFC 8285 sections 4.2 and 4.3.
TEST(NumberExtensions, GoesBeyond14OnlyWithTwoByteHeaders) {
  ExtensionIds one_byte;
  EXPECT_EQ(number_extensions(many(20), one_byte, false).size(), 14u);
  ExtensionIds two_byte;
  const auto extmaps = number_extensions(many(300), two_byte, true);
  ASSERT_EQ(extmaps.size(), 14u + 240);
  EXPECT_EQ(extmaps.at(13).id, 14);
  EXPECT_EQ(extmaps.at(14).id, 16);
  EXPECT_EQ(extmaps.back().id, 255);
  EXPECT_EQ(number_extensions(many(300), two_byte, false).size(), 14u);
}

TEST(AnswerExtensions, AreThoseThatBothKnow) {
  const auto offered = corpus_section("chromium-offer-audio-video-data", "video").extmaps;
  EXPECT_THAT(ids(answer_extensions(offered, default_header_extensions(MediaKind::Video), true)),
              ElementsAre(2, 13, 3, 5, 6, 7, 8, 4, 10, 11));
  const auto audio = corpus_section("chromium-offer-audio-video-data", "audio").extmaps;
  EXPECT_THAT(ids(answer_extensions(audio, default_header_extensions(MediaKind::Audio), false)),
              ElementsAre(1, 2, 3, 4));
}

/// RFC 8285 section 7.
TEST(AnswerExtensions, GoInTheDirectionThatBothWant) {
  const auto answer = [](std::optional<Direction> offered, Direction ours) {
    return shown(answer_extensions({{.id = 5, .direction = offered, .uri = "urn:x"}},
                                   {{.uri = "urn:x", .direction = ours}}, true));
  };
  EXPECT_THAT(answer(std::nullopt, Direction::SendRecv), ElementsAre("5 urn:x"));
  EXPECT_THAT(answer(Direction::SendOnly, Direction::SendRecv), ElementsAre("5/recvonly urn:x"));
  EXPECT_THAT(answer(Direction::RecvOnly, Direction::SendRecv), ElementsAre("5/sendonly urn:x"));
  EXPECT_THAT(answer(std::nullopt, Direction::RecvOnly), ElementsAre("5/recvonly urn:x"));
  EXPECT_THAT(answer(Direction::RecvOnly, Direction::RecvOnly), IsEmpty());
  EXPECT_THAT(answer(Direction::Inactive, Direction::SendRecv), IsEmpty());
}

TEST(AnswerExtensions, TakeEachOnceAndOnlyWithAnIdThatPacketsCanCarry) {
  const std::vector<Extmap> offered{{.id = 4096, .uri = "urn:x:0"}, {.id = 15, .uri = "urn:x:0"},
                                    {.id = 20, .uri = "urn:x:1"},   {.id = 3, .uri = "urn:x:2"},
                                    {.id = 4, .uri = "urn:x:2"},    {.id = 5, .uri = "urn:x:3", .attributes = "a"}};
  EXPECT_THAT(ids(answer_extensions(offered, many(4), true)), ElementsAre(20, 3));
  EXPECT_THAT(ids(answer_extensions(offered, many(4), false)), ElementsAre(3));
}

TEST(Extensions, AreSentAndReceivedAsBothSay) {
  const std::vector<Extmap> local{{.id = 1, .uri = "urn:a"},
                                  {.id = 2, .direction = Direction::RecvOnly, .uri = "urn:b"},
                                  {.id = 3, .direction = Direction::SendOnly, .uri = "urn:c"},
                                  {.id = 4, .uri = "urn:d"}};
  const std::vector<Extmap> remote{{.id = 7, .uri = "urn:a"},
                                   {.id = 2, .direction = Direction::SendOnly, .uri = "urn:b"},
                                   {.id = 3, .direction = Direction::SendOnly, .uri = "urn:c"}};
  EXPECT_THAT(shown(send_extensions(local, remote)), ElementsAre("7/sendonly urn:a"));
  EXPECT_THAT(shown(receive_extensions(local, remote)), ElementsAre("1/recvonly urn:a", "2/recvonly urn:b"));
}

std::string sections(const std::string& first, const std::string& second) {
  return "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\n" + first + "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:1\n" + second;
}

void expect_refused(const sdp::Description& description) {
  const auto checked = check_extensions(description);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::InvalidAccessError);
}

TEST(CheckExtensions, WantsValidIdsThatMeanOneThing) {
  const std::string a = "a=extmap:1 urn:a\n", b = "a=extmap:1 urn:b\n";
  EXPECT_TRUE(check_extensions(session(sections(a, b))));
  EXPECT_TRUE(check_extensions(session(sections(a + a + "a=extmap:4351 urn:c\na=extmap:255 urn:c\n", ""))));
  expect_refused(session(sections(a + b, "")));
  expect_refused(session(a + sections(b, "")));
  const std::string bundle = "a=group:BUNDLE 0 1\n";
  EXPECT_TRUE(check_extensions(session(bundle + sections(a, "a=extmap:1/sendonly urn:a\na=extmap:2 urn:a\n"))));
  EXPECT_TRUE(check_extensions(session(bundle + sections(a, b))));
  const std::string mid = "a=extmap:1 " + std::string(extension::kMid) + "\n";
  EXPECT_TRUE(check_extensions(session(bundle + sections(mid, mid))));
  EXPECT_TRUE(check_extensions(session(sections(mid, b))));
  expect_refused(session(bundle + sections(mid, b)));
  expect_refused(session(bundle + sections(a, mid)));
  sdp::Description invalid = session(sections(a, ""));
  for (const int id : {0, 256, 4095, 4352}) {
    invalid.media[0].extmaps[0].id = static_cast<std::uint16_t>(id);
    expect_refused(invalid);
  }
}

TEST(CheckExtensions, AcceptsWhatOthersWrite) {
  for (const sdp::CorpusFile& file : sdp::corpus()) EXPECT_TRUE(check_extensions(described(file.text))) << file.name;
}

TEST(CheckExtensions, RefusesMoreThanThereAreIds) {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "a=extmap:1 urn:a\n";
  expect_refused(session(lines + sections("", "")));
  expect_refused(session(sections("", lines)));
}

}  // namespace
}  // namespace parley::jsep
