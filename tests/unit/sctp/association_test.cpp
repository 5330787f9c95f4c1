#include "sctp/association.hpp"

#include <gmock/gmock.h>

#include "unit/sctp/link.hpp"

namespace parley::sctp::testing {
namespace {

using ::testing::ElementsAre;

struct AnAssociation : TwoEnds {};

TEST_F(AnAssociation, ConnectsWhenBothSidesBegin) {
  connect();
  EXPECT_EQ(a->streams, 256u);
  EXPECT_EQ(b->streams, 256u);
  EXPECT_TRUE(loop_a->run([&] { return a->association->interleaving(); }));
}

TEST_F(AnAssociation, MessagesOfEverySizeArrive) {
  config.max_message_size = 8 << 20;
  connect();
  const std::size_t sizes[] = {1,    2,     3,     100,   1130,   1131,    1132,          1199,
                               1200, 16384, 65535, 65536, 262144, 1 << 20, (1 << 20) + 1, 4 << 20};
  auto sender = loop_a->run([&] {
    auto s = std::make_unique<Sender>(*a);
    for (const std::size_t size : sizes) s->push(to(3), pattern(size, static_cast<unsigned>(size)));
    return s;
  });
  wait([&] { return b->messages.size() == std::size(sizes); });
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    EXPECT_EQ(b->messages[i].stream, 3u);
    EXPECT_EQ(b->messages[i].ppid, Ppid::Binary);
    EXPECT_TRUE(b->messages[i].bytes == pattern(sizes[i], static_cast<unsigned>(sizes[i]))) << sizes[i];
  }
  EXPECT_LE(a->largest_packet, 1163u);
  EXPECT_GE(a->largest_packet, 1160u);
}

}  // namespace
}  // namespace parley::sctp::testing
