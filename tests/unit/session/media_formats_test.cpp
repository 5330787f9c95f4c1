#include "session/media_formats.hpp"

#include <gmock/gmock.h>

namespace parley::session {
namespace {

using testing::ElementsAre;

jsep::Format format(std::uint8_t payload_type, std::string name, std::vector<std::string> feedback = {}) {
  return {.payload_type = PayloadType(payload_type),
          .codec = {.name = std::move(name), .feedback = std::move(feedback)}};
}
jsep::Format rtx(std::uint8_t payload_type, std::uint8_t of) {
  jsep::Format made = format(payload_type, "rtx");
  made.associated = PayloadType(of);
  return made;
}

std::vector<int> numbers(const std::vector<media::Format>& formats) {
  std::vector<int> all;
  for (const media::Format& one : formats) all.push_back(one.payload_type.get());
  return all;
}

TEST(MediaFormats, WhatWasOfferedIsUnderstoodAlsoIfTheAnswerLeavesItOut) {
  const std::vector<jsep::Format> offered{format(96, "VP8", {"nack", "nack pli"}),
                                          rtx(97, 96),
                                          format(98, "VP9", {"nack", "nack pli"}),
                                          rtx(99, 98),
                                          format(100, "red"),
                                          rtx(101, 100),
                                          format(102, "ulpfec")};
  const std::vector<jsep::Format> answered{offered[2], offered[3]};
  const auto formats = formats_to_receive(answered, offered);
  ASSERT_THAT(numbers(formats), ElementsAre(98, 96, 100));
  EXPECT_FALSE(formats[0].offered_only);
  EXPECT_TRUE(formats[0].nack);
  EXPECT_EQ(formats[0].retransmission, PayloadType(99));
  EXPECT_TRUE(formats[1].offered_only);
  EXPECT_FALSE(formats[1].nack);
  EXPECT_EQ(formats[1].retransmission, PayloadType(97));
  EXPECT_TRUE(formats[2].offered_only);
  EXPECT_FALSE(formats[2].is_media);
  EXPECT_EQ(protecting_to_receive(answered, offered), media::Protecting{.ulpfec = PayloadType(102)});
}

TEST(MediaFormats, WhatWasAnsweredComesFirstAndOnce) {
  const std::vector<jsep::Format> offered{format(96, "VP8"), format(100, "flexfec-03")};
  EXPECT_THAT(numbers(formats_to_receive(offered, offered)), ElementsAre(96));
  EXPECT_FALSE(formats_to_receive(offered, offered)[0].offered_only);
  EXPECT_EQ(protecting_to_receive(offered, offered), media::Protecting{.flexfec = PayloadType(100)});
}

TEST(MediaFormats, WhoReceivesNothingUnderstandsNothing) {
  EXPECT_THAT(formats_to_receive({}, {format(96, "VP8")}), ElementsAre());
}

}  // namespace
}  // namespace parley::session
