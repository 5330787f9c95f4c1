#include <set>

#include "unit/dcep/rig.hpp"

namespace parley::dcep::testing {
namespace {

struct Sending : OneSide {};

TEST_F(Sending, OnlyOpenChannelsSend) {
  make();
  const ChannelKey key = channels->create({}).value();
  EXPECT_EQ(channels->send(key, true, as_bytes("x")).error().kind, ErrorKind::InvalidStateError);
  connect();
  EXPECT_TRUE(channels->send(key, true, as_bytes("x")).has_value());
  channels->close(key);
  EXPECT_EQ(channels->send(key, true, as_bytes("x")).error().kind, ErrorKind::InvalidStateError);
  EXPECT_EQ(channels->send(ChannelKey(99), true, as_bytes("x")).error().kind, ErrorKind::InvalidStateError);
}

TEST_F(Sending, ThePeersLimitIsKept) {
  connect();
  const ChannelKey key = open_channel();
  EXPECT_TRUE(channels->send(key, false, Bytes(5000)).has_value());
  EXPECT_EQ(channels->send(key, false, Bytes(5001)).error().kind, ErrorKind::TypeError);
  channels->set_max_message_size(0);
  EXPECT_TRUE(channels->send(key, false, Bytes(10'000'000)).has_value());
}

TEST_F(Sending, TextMustBeUtf8) {
  connect();
  const ChannelKey key = open_channel();
  EXPECT_EQ(channels->send(key, true, as_bytes("\xFF")).error().kind, ErrorKind::TypeError);
  EXPECT_TRUE(channels->send(key, false, as_bytes("\xFF")).has_value());
}

TEST_F(Sending, EveryKindHasItsProtocolIdentifier) {
  connect();
  const ChannelKey key = open_channel();
  const auto sent = [&](bool text, std::string_view message) {
    EXPECT_TRUE(channels->send(key, text, as_bytes(message)).has_value());
    const FakeWire::Message last = wire.pop();
    return std::pair{last.ppid, last.bytes};
  };
  EXPECT_EQ(sent(true, "t"), std::pair(Ppid::String, bytes("t")));
  EXPECT_EQ(sent(false, "b"), std::pair(Ppid::Binary, bytes("b")));
  EXPECT_EQ(sent(true, ""), std::pair(Ppid::EmptyString, Bytes{0}));
  EXPECT_EQ(sent(false, ""), std::pair(Ppid::EmptyBinary, Bytes{0}));
}

TEST_F(Sending, BufferedAmountIsWhatTheWireHasNotTaken) {
  connect();
  const ChannelKey key = open_channel();
  journal.buffered = true;
  wire.room = 10;
  ASSERT_TRUE(channels->send(key, false, Bytes(25)).has_value());
  EXPECT_EQ(channels->buffered_amount(key), 15u);
  ASSERT_TRUE(channels->send(key, false, Bytes(5)).has_value());
  EXPECT_EQ(channels->buffered_amount(key), 20u);
  wire.room = 16;
  channels->writable();
  EXPECT_EQ(channels->buffered_amount(key), 4u);
  wire.room = 100;
  channels->writable();
  EXPECT_THAT(journal.take(), ElementsAre("buffered 1 15", "buffered 1 5", "buffered 1 4", "buffered 1 0"));
  EXPECT_EQ(journal.bytes_taken, 30u);
}

TEST_F(Sending, EmptyMessagesAndHandshakesAreNotCountedInBufferedAmount) {
  connect();
  wire.room = 0;
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  EXPECT_EQ(channels->buffered_amount(key), 0u);
  wire.room = 12;
  channels->writable();
  ASSERT_TRUE(channels->send(key, true, ByteView()).has_value());
  EXPECT_EQ(channels->buffered_amount(key), 0u);
  wire.room = 1;
  channels->writable();
  EXPECT_EQ(wire.pop().ppid, Ppid::EmptyString);
  EXPECT_EQ(journal.bytes_taken, 0u);
}

TEST_F(Sending, EveryMessageIsReportedOnceWhenTheWireHasAllOfIt) {
  connect();
  const ChannelKey key = open_channel();
  ASSERT_TRUE(channels->send(key, false, Bytes(5)).has_value());
  ASSERT_TRUE(channels->send(key, true, ByteView()).has_value());
  EXPECT_EQ(journal.messages_taken, 2u);
  wire.room = 3;
  ASSERT_TRUE(channels->send(key, false, Bytes(5)).has_value());
  ASSERT_TRUE(channels->send(key, false, ByteView()).has_value());
  EXPECT_EQ(journal.messages_taken, 2u);
  wire.room = 2;
  channels->writable();
  EXPECT_EQ(journal.messages_taken, 3u);
  wire.room = 1;
  channels->writable();
  EXPECT_EQ(journal.messages_taken, 4u);
}

TEST_F(Sending, MessagesOfAChannelKeepTheirOrderWhenTheWireIsFull) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 0;
  for (const char* text : {"a", "b", "c"}) send_text(key, text);
  EXPECT_THAT(wire.sent, IsEmpty());
  wire.room = 2;
  channels->writable();
  send_text(key, "d");  // must not overtake c
  wire.room = 100;
  channels->writable();
  std::string all;
  for (const auto& message : wire.sent) all += as_text(message.bytes);
  EXPECT_EQ(all, "abcd");
}

TEST_F(Sending, OwnedBuffersMoveIntoTheQueue) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 10;
  Bytes message = bytes(std::string(100, 'x'));
  ASSERT_TRUE(channels->send(key, false, std::move(message)).has_value());
  EXPECT_TRUE(message.empty());  // NOLINT: moved from, as the contract says
  wire.room = 1000;
  channels->writable();
  EXPECT_EQ(wire.pop().bytes, bytes(std::string(100, 'x')));
}

TEST_F(Sending, ChannelsTakeTurnsWhenTheWireBlocks) {
  connect();
  const ChannelKey a = open_channel(), b = open_channel(), c = open_channel();
  wire.room = 0;
  for (int i = 0; i < 3; ++i) send_text(a, "a");
  for (int i = 0; i < 2; ++i) send_text(b, "b");
  send_text(c, "c");
  std::string all;
  for (int i = 0; i < 6; ++i) {
    wire.room = 1;
    channels->writable();
    all += as_text(wire.sent.back().bytes);
  }
  EXPECT_EQ(all, "abcaba");
}

/// How many bytes of three channels the wire has when it has taken 300,000, of 1,000,000 that each of them has.
std::vector<std::size_t> shares(Channels& channels, FakeWire& wire, const std::vector<ChannelKey>& keys,
                                std::size_t message) {
  wire.room = 0;
  for (const ChannelKey key : keys)
    for (std::size_t sent = 0; sent < 1'000'000; sent += message)
      EXPECT_TRUE(channels.send(key, false, Bytes(message)).has_value());
  for (int i = 0; i < 300; ++i) {
    wire.room = 1000;
    channels.writable();
  }
  std::vector<std::size_t> taken;
  for (const ChannelKey key : keys) taken.push_back(1'000'000 - channels.buffered_amount(key));
  return taken;
}

TEST_F(Sending, ChannelsGetWhatTheirPriorityGivesThem) {
  connect();
  const std::vector<ChannelKey> keys{open_channel({.label = "very-low", .priority = 128}), open_channel(),
                                     open_channel({.label = "high", .priority = 1024})};
  const auto taken = shares(*channels, wire, keys, 100);
  EXPECT_NEAR(static_cast<double>(taken[0]), 300'000.0 / 11, 9000);
  EXPECT_NEAR(static_cast<double>(taken[1]), 300'000.0 * 2 / 11, 17000);
  EXPECT_NEAR(static_cast<double>(taken[2]), 300'000.0 * 8 / 11, 26000);
}

TEST_F(Sending, LargeMessagesDoNotGetMoreThanTheirShare) {
  connect();
  const std::vector<ChannelKey> keys{open_channel({.label = "medium", .priority = 512}), open_channel()};
  wire.room = 0;
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(channels->send(keys[0], false, Bytes(100)).has_value());
  for (int i = 0; i < 250; ++i) ASSERT_TRUE(channels->send(keys[1], false, Bytes(4000)).has_value());
  wire.piece = 4000;
  for (int i = 0; i < 600; ++i) {
    wire.room = 1000;
    channels->writable();
  }
  EXPECT_NEAR(static_cast<double>(1'000'000 - channels->buffered_amount(keys[0])), 400'000, 30'000);
  EXPECT_NEAR(static_cast<double>(1'000'000 - channels->buffered_amount(keys[1])), 200'000, 30'000);
}

/// Longer than its share of a turn, more than once.
TEST_F(Sending, AChannelOfLowPriorityComesToItsTurnWithAnyMessage) {
  connect(DtlsRole::Client, 100, 0);
  const ChannelKey low = open_channel({.label = "very-low", .priority = 0}), high = open_channel({.priority = 9999});
  wire.room = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(channels->send(low, false, Bytes(100'000)).has_value());
    ASSERT_TRUE(channels->send(high, false, Bytes(10)).has_value());
  }
  wire.room = SIZE_MAX;
  channels->writable();
  EXPECT_EQ(channels->buffered_amount(low), 0u);
  EXPECT_EQ(channels->buffered_amount(high), 0u);
  EXPECT_EQ(wire.sent.size(), 6u);
}

TEST_F(Sending, WithUnequalPrioritiesABusyWireDoesNotSpin) {
  connect();
  wire.interleaving = false;
  const ChannelKey first = open_channel(), second = open_channel({.priority = 1024});
  wire.room = 1;
  ASSERT_TRUE(channels->send(first, false, Bytes(1000)).has_value());
  ASSERT_TRUE(channels->send(second, false, Bytes(1000)).has_value());
  wire.room = 1998;
  channels->writable();
  EXPECT_EQ(channels->buffered_amount(first), 0u);
  EXPECT_EQ(channels->buffered_amount(second), 1u);
}

TEST_F(Sending, WhenTheUncommonChannelIsGoneTheOthersTakeTurnsAgain) {
  connect();
  const ChannelKey a = open_channel(), b = open_channel(), high = open_channel({.priority = 1024});
  channels->close(high);
  channels->incoming_reset(stream(4));
  channels->outgoing_reset_done(stream(4));
  ASSERT_EQ(channels->size(), 2u);
  wire.room = 0;
  for (int i = 0; i < 3; ++i)
    for (const ChannelKey key : {a, b}) send_text(key, "x");
  wire.order.clear();
  wire.room = 6;
  channels->writable();
  EXPECT_THAT(wire.order, ElementsAre(stream(0), stream(2), stream(0), stream(2), stream(0), stream(2)));
}

TEST_F(Sending, PiecesOfALargeMessageLetOthersGoBetween) {
  connect();
  const ChannelKey big = open_channel(), small = open_channel();
  wire.room = 0;
  ASSERT_TRUE(channels->send(big, false, Bytes(400)).has_value());
  send_text(small, "s");
  wire.order.clear();
  wire.room = 10'000;
  wire.piece = 100;
  channels->writable();
  EXPECT_THAT(wire.order, ElementsAre(stream(0), stream(2), stream(0), stream(0), stream(0)));
}

TEST_F(Sending, WithoutInterleavingTheOpenMessageIsFinishedFirst) {
  connect();
  const ChannelKey big = open_channel(), small = open_channel();
  wire.interleaving = false;
  wire.room = 50;
  ASSERT_TRUE(channels->send(big, false, Bytes(100)).has_value());
  for (int i = 0; i < 3; ++i) send_text(small, "s");
  for (int i = 0; i < 60; ++i) {
    wire.room = 1;
    channels->writable();
  }
  ASSERT_EQ(wire.sent.size(), 4u) << "progress whoever's turn it is";
  EXPECT_EQ(wire.sent[0].bytes.size(), 100u);
}

TEST_F(Sending, ABusyWireDoesNotSpin) {
  connect();
  const ChannelKey big = open_channel(), small = open_channel();
  wire.interleaving = false;
  wire.room = 1000;
  wire.piece = 10;
  ASSERT_TRUE(channels->send(big, false, Bytes(95)).has_value());
  send_text(small, "s");
  ASSERT_EQ(wire.sent.size(), 2u);
  EXPECT_EQ(wire.sent[0].bytes.size(), 95u);
}

TEST_F(Sending, AFullQueueRefusesButOneMessageAlwaysFits) {
  limits.buffered_amount = 100;
  connect();
  const ChannelKey key = open_channel();
  wire.room = 0;
  EXPECT_TRUE(channels->send(key, false, Bytes(500)).has_value());
  EXPECT_EQ(channels->send(key, false, Bytes(1)).error().kind, ErrorKind::OperationError);
  wire.room = 450;
  channels->writable();
  EXPECT_TRUE(channels->send(key, false, Bytes(50)).has_value());
  EXPECT_EQ(channels->send(key, false, Bytes(1)).error().kind, ErrorKind::OperationError);
}

TEST_F(Sending, AProgramMayRefillFromItsHandlerForEver) {
  connect();
  const ChannelKey key = open_channel();
  int left = 10'000;  // deep enough to overflow the stack if it recursed
  journal.buffered = true;
  journal.react = [&](const std::string& line) {
    if (line == "buffered 1 0" && left-- > 0) {
      ASSERT_TRUE(channels->send(key, false, Bytes(10)).has_value());
    }
  };
  send_text(key, "go");
  EXPECT_EQ(wire.sent.size(), 10'001u);
}

TEST_F(Sending, CountersCountPayload) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 10;
  ASSERT_TRUE(channels->send(key, false, Bytes(25)).has_value());
  EXPECT_EQ(channels->counters(key).messages_sent, 0u);
  wire.room = 1000;
  channels->writable();
  ASSERT_TRUE(channels->send(key, true, ByteView()).has_value());
  peer_says(0, "abc");
  channels->receive(stream(0), Ppid::EmptyBinary, Bytes{0});
  const ChannelCounters counters = channels->counters(key);
  EXPECT_EQ(counters.messages_sent, 2u);
  EXPECT_EQ(counters.bytes_sent, 25u);
  EXPECT_EQ(counters.messages_received, 2u);
  EXPECT_EQ(counters.bytes_received, 3u);
}

TEST_F(Sending, AStreamThatBreaksLaterFailsTheChannel) {
  connect();
  const ChannelKey key = open_channel();
  wire.broken = {0};
  EXPECT_EQ(channels->send(key, true, as_bytes("x")).error().kind, ErrorKind::OperationError);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
}

}  // namespace
}  // namespace parley::dcep::testing
