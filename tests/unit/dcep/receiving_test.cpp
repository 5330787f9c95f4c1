#include "unit/dcep/rig.hpp"

namespace parley::dcep::testing {
namespace {

struct Receiving : OneSide {
  ChannelKey key{};
  void SetUp() override {
    connect();
    key = open_channel();
  }
  void arrive(Ppid ppid, std::string_view text) { channels->receive(stream(0), ppid, as_bytes(text)); }
};

TEST_F(Receiving, EveryProtocolIdentifierIsUnderstood) {
  arrive(Ppid::String, "text");
  arrive(Ppid::Binary, "binary");
  arrive(Ppid::EmptyString, std::string_view("\0", 1));
  arrive(Ppid::EmptyBinary, "whatever");
  EXPECT_THAT(journal.take(), ElementsAre("text 1 text", "binary 1 binary", "text 1", "binary 1"));
}

TEST_F(Receiving, DeprecatedPiecesAreAssembled) {
  arrive(Ppid::StringPartial, "one ");
  arrive(Ppid::StringPartial, "two ");
  arrive(Ppid::String, "three");
  arrive(Ppid::BinaryPartial, "x");
  arrive(Ppid::Binary, "y");
  EXPECT_THAT(journal.take(), ElementsAre("text 1 one two three", "binary 1 xy"));
}

TEST_F(Receiving, DeprecatedPiecesAreBoundedByTheReceiveLimit) {
  for (int i = 0; i < 10; ++i) arrive(Ppid::BinaryPartial, std::string(100, 'x'));
  EXPECT_THAT(journal.lines, IsEmpty());
  arrive(Ppid::BinaryPartial, "x");
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
}

TEST_F(Receiving, AnotherProtocolsMessagesAreIgnored) {
  arrive(static_cast<Ppid>(0), "zero");
  arrive(static_cast<Ppid>(55), "fifty-five");
  arrive(static_cast<Ppid>(0xFFFFFFFF), "max");
  EXPECT_THAT(journal.lines, IsEmpty());
  EXPECT_EQ(channels->state(key), ChannelState::Open);
}

TEST_F(Receiving, AMessageAboveOurLimitFailsTheChannelOnly) {
  const ChannelKey other = open_channel();
  arrive(Ppid::Binary, std::string(1000, 'x'));
  EXPECT_THAT(journal.take(), ElementsAre("binary 1 1000"));
  arrive(Ppid::Binary, std::string(1001, 'x'));
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  EXPECT_EQ(channels->state(other), ChannelState::Open);
}

TEST_F(Receiving, TheAssociationsReportOfATooLongMessageFailsTheChannel) {
  channels->message_too_long(stream(0));
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
  channels->message_too_long(stream(7));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0), stream(7)));
}

TEST_F(Receiving, TextThatIsNotUtf8IsRepaired) {
  arrive(Ppid::String, "a\xC3z");
  EXPECT_THAT(journal.take(), ElementsAre("text 1 a\xEF\xBF\xBDz"));
}

TEST_F(Receiving, AClosingChannelReceivesNothing) {
  channels->close(key);
  arrive(Ppid::String, "late");
  EXPECT_THAT(journal.lines, IsEmpty());
}

TEST_F(Receiving, AHandlerMayCloseFailAndSendAtWill) {
  journal.react = [&](const std::string& line) {
    if (line == "text 1 fail") channels->fail(key, {.message = "enough"});
  };
  arrive(Ppid::String, "fail");
  arrive(Ppid::String, "more");
  EXPECT_THAT(journal.take(), ElementsAre("text 1 fail", "closed 1 error"));
}

}  // namespace
}  // namespace parley::dcep::testing
