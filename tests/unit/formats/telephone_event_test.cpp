#include "formats/telephone_event.hpp"

#include <gtest/gtest.h>

#include "payloads.hpp"

namespace parley::formats {
namespace {

using test::bytes;

TEST(TelephoneEvent, IsWrittenAsRfc4733Says) {
  Bytes payload;
  append_telephone_event(payload, {.event = 11, .ends = true, .volume = 10, .duration = 0x0320});
  EXPECT_EQ(payload, bytes({11, 0x8A, 0x03, 0x20}));
  append_telephone_event(payload, {.event = 1, .volume = 0xFF, .duration = 1});
  EXPECT_EQ(payload, bytes({11, 0x8A, 0x03, 0x20, 1, 0x3F, 0, 1}));
}

TEST(TelephoneEvent, IsReadAndTheReservedBitIgnored) {
  const auto events = read_telephone_events(bytes({11, 0xCA, 0x03, 0x20, 1, 0x3F, 0xFF, 0xFF}));
  EXPECT_EQ(*events, (std::vector<TelephoneEvent>{{.event = 11, .ends = true, .volume = 10, .duration = 0x0320},
                                                  {.event = 1, .ends = false, .volume = 63, .duration = 0xFFFF}}));
}

TEST(TelephoneEvent, IsRefusedInParts) {
  EXPECT_FALSE(read_telephone_events({}));
  for (const std::size_t size : {1U, 2U, 3U, 5U, 6U, 7U}) EXPECT_FALSE(read_telephone_events(Bytes(size))) << size;
}

TEST(TelephoneEvent, EveryKeyHasOne) {
  const std::string keys = "0123456789*#ABCD";
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(event_of_key(keys[i]), i);
  EXPECT_EQ(event_of_key('a'), 12);
  EXPECT_EQ(event_of_key('d'), 15);
  for (const char other : {'E', 'e', ',', ' ', '\0', '@'}) EXPECT_FALSE(event_of_key(other)) << other;
}

}  // namespace
}  // namespace parley::formats
