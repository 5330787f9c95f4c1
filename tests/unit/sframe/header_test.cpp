#include "sframe/header.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "hex.hpp"

namespace parley::sframe {
namespace {

std::optional<Header> read(ByteView bytes) {
  ByteReader reader(bytes);
  const auto header = read_header(reader);
  EXPECT_TRUE(!header || reader.remaining() == 0);
  return header;
}

/// RFC 9605 appendix C.1.
TEST(SFrameHeader, IsThatOfEveryVectorOfTheSpecification) {
  std::ifstream file(std::string(PARLEY_TEST_DATA) + "/sframe/headers.txt");
  Header header;
  std::string encoded;
  int count = 0;
  while (file >> header.key_id >> header.counter >> encoded) {
    Bytes out;
    append(out, header);
    EXPECT_EQ(out, from_hex(encoded));
    EXPECT_EQ(read(out), header);
    ++count;
  }
  EXPECT_EQ(count, 289);
}

TEST(SFrameHeader, ThatIsCutOffIsNone) {
  Bytes whole;
  append(whole, {.key_id = UINT64_MAX, .counter = UINT64_MAX});
  ASSERT_EQ(whole.size(), 17U);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(read(ByteView(whole).first(size)));
}

TEST(SFrameHeader, MayHaveMoreBytesThanItNeeds) { EXPECT_EQ(read(from_hex("9900010002")), (Header{1, 2})); }

}  // namespace
}  // namespace parley::sframe
