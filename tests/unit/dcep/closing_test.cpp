#include "unit/dcep/rig.hpp"

namespace parley::dcep::testing {
namespace {

struct Closing : OneSide {};

TEST_F(Closing, AnUnconnectedChannelClosesAtOnce) {
  make();
  const ChannelKey key = channels->create({}).value();
  channels->close(key);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1"));
  EXPECT_EQ(channels->state(key), ChannelState::Closed);
  connect();
  EXPECT_THAT(wire.sent, IsEmpty());
}

TEST_F(Closing, AChannelWhoseOpenHasNotLeftClosesAtOnce) {
  connect();
  wire.room = 0;
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  channels->close(key);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1"));
  wire.room = 1000;
  channels->writable();
  EXPECT_THAT(wire.sent, IsEmpty());
  EXPECT_THAT(wire.resets, IsEmpty());
}

TEST_F(Closing, AChannelWhoseOpenIsHalfwayIsClosedProperly) {
  connect();
  wire.room = 5;
  const ChannelKey key = channels->create({.label = "label"}).value();
  channels->open(key);
  channels->close(key);
  EXPECT_EQ(channels->state(key), ChannelState::Closing);
  EXPECT_THAT(wire.resets, IsEmpty());
  wire.room = 1000;
  channels->writable();
  EXPECT_EQ(wire.sent.size(), 1u);
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  EXPECT_THAT(journal.lines, IsEmpty()) << "it never opened";
}

TEST_F(Closing, WhatIsQueuedLeavesBeforeTheReset) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 3;
  send_text(key, "hello");
  send_text(key, "world");
  channels->close(key);
  channels->close(key);
  EXPECT_EQ(channels->state(key), ChannelState::Closing);
  EXPECT_THAT(wire.resets, IsEmpty());
  wire.room = 1000;
  channels->writable();
  EXPECT_EQ(wire.sent.size(), 2u);
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
}

TEST_F(Closing, ALocalCloseEndsWhenBothDirectionsAreReset) {
  connect();
  for (const bool ours_first : {true, false}) {
    const ChannelKey key = open_channel();
    channels->close(key);
    if (ours_first) {
      channels->outgoing_reset_done(stream(0));
    } else {
      channels->incoming_reset(stream(0));
    }
    EXPECT_THAT(journal.take(), IsEmpty());
    EXPECT_EQ(channels->state(key), ChannelState::Closing);
    EXPECT_EQ(channels->id(channels->create({}).value()), stream(2)) << "the id is not free yet";
    channels->close(ChannelKey(key.get() + 1));
    journal.take();
    if (ours_first) {
      channels->incoming_reset(stream(0));
    } else {
      channels->outgoing_reset_done(stream(0));
    }
    EXPECT_THAT(journal.take(), ElementsAre("closed " + std::to_string(key.get())));
  }
}

TEST_F(Closing, ThePeersCloseIsAnsweredAfterWhatIsQueued) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 0;
  send_text(key, "bye");
  channels->incoming_reset(stream(0));
  channels->incoming_reset(stream(0));
  EXPECT_THAT(journal.take(), ElementsAre("closing 1"));
  EXPECT_THAT(wire.resets, IsEmpty());
  wire.room = 100;
  channels->writable();
  EXPECT_EQ(wire.sent.size(), 1u);
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  channels->outgoing_reset_done(stream(0));
  EXPECT_THAT(journal.take(), ElementsAre("closed 1"));
}

TEST_F(Closing, AResetInsteadOfAnAcknowledgementMeansRefused) {
  connect();
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  channels->incoming_reset(stream(0));
  EXPECT_THAT(journal.take(), ElementsAre("open 1", "closed 1 error"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  EXPECT_EQ(channels->id(channels->create({}).value()), stream(2));
  channels->outgoing_reset_done(stream(0));
  EXPECT_EQ(channels->id(channels->create({}).value()), stream(0));
}

TEST_F(Closing, TheNextLifeOfAStreamWaitsForTheEndOfTheOldOne) {
  connect(DtlsRole::Client);
  peer_opens(1, {.label = "old"});
  journal.take();
  channels->incoming_reset(stream(1));
  peer_opens(1, {.label = "new"});
  peer_says(1, "hello");
  EXPECT_THAT(journal.take(), ElementsAre("closing 1"));
  channels->outgoing_reset_done(stream(1));
  EXPECT_THAT(journal.take(), ElementsAre("closed 1", "announced 2 new", "open 2", "text 2 hello"));
}

TEST_F(Closing, AResetOfAnUnknownStreamIsAnsweredSoThatThePeerCanGoOn) {
  connect(DtlsRole::Client);
  channels->incoming_reset(stream(9));
  EXPECT_THAT(wire.resets, ElementsAre(stream(9)));
  channels->outgoing_reset_done(stream(9));
  peer_opens(9);
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 p", "open 1"));
}

TEST_F(Closing, AFailedChannelEndsAtOnceAndItsStreamLater) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 2;
  send_text(key, "hello");
  send_text(key, "dropped");
  channels->fail(key, {.message = "why"});
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
  EXPECT_THAT(wire.resets, IsEmpty()) << "half a message is on the wire";
  wire.room = 1000;
  channels->writable();
  ASSERT_EQ(wire.sent.size(), 1u);
  EXPECT_EQ(wire.sent[0].bytes, bytes("hello"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  channels->incoming_reset(stream(0));
  channels->outgoing_reset_done(stream(0));
  EXPECT_EQ(channels->id(channels->create({}).value()), stream(0));
}

TEST_F(Closing, AHalfSentMessageIsFinishedAlsoWhenTheWireStayedFullInBetween) {
  connect();
  const ChannelKey key = open_channel();
  wire.room = 2;
  send_text(key, "hello");
  channels->writable();  // still no room: nothing more is taken
  channels->fail(key, {.message = "why"});
  EXPECT_THAT(wire.resets, IsEmpty());
  wire.room = 1000;
  channels->writable();
  EXPECT_EQ(wire.pop().bytes, bytes("hello"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
}

TEST_F(Closing, AStreamIsResetOnlyOnceHoweverManyThingsGoWrong) {
  connect();
  ASSERT_TRUE(channels->create({}).has_value());  // not opened yet
  channels->incoming_reset(stream(0));
  channels->message_too_long(stream(0));
  channels->message_too_long(stream(0));
  channels->incoming_reset(stream(0));
  EXPECT_THAT(wire.resets, ElementsAre(stream(0)));
  EXPECT_THAT(journal.take(), ElementsAre("closing 1", "closed 1 error"));
}

TEST_F(Closing, TheTransportsEndClosesEverythingInTheOrderOfCreation) {
  connect(DtlsRole::Client);
  open_channel();
  open_channel();
  peer_opens(1);
  journal.take();
  channels->close(ChannelKey(2));
  channels->transport_closed(std::nullopt);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1", "closed 2", "closed 3"));
  channels->receive(stream(1), Ppid::String, as_bytes("ghost"));
  channels->incoming_reset(stream(1));
  channels->outgoing_reset_done(stream(2));
  channels->writable();
  EXPECT_THAT(journal.lines, IsEmpty());
}

TEST_F(Closing, TheTransportsFailureIsEveryChannelsError) {
  connect();
  open_channel();
  channels->transport_closed(Error{.message = "abort"});
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
}

TEST_F(Closing, AChannelCreatedAfterTheEndNeverOpens) {
  connect();
  channels->transport_closed(std::nullopt);
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  EXPECT_EQ(channels->state(key), ChannelState::Connecting);
  channels->close(key);
  EXPECT_EQ(channels->state(key), ChannelState::Closed);
}

TEST_F(Closing, HandlersMayCloseEverythingAtAnyEvent) {
  for (const char* moment : {"id 1 0", "open 1", "text 1 x", "buffered 1 0", "closing 1", "announced 2 p", "open 2"}) {
    channels.reset();
    journal.react = nullptr;
    journal.buffered = true;
    make();
    ASSERT_TRUE(channels->create({}).has_value());
    bool seen = false;
    journal.react = [&](const std::string& line) {
      if (line != moment) return;
      seen = true;
      channels->close(ChannelKey(1));
      channels->transport_closed(Error{});
    };
    connect(DtlsRole::Client);
    channels->receive(stream(0), Ppid::Dcep, write(AckMessage{}));
    peer_says(0, "x");
    (void)channels->send(ChannelKey(1), true, as_bytes("y"));
    peer_opens(1);
    channels->incoming_reset(stream(0));
    channels->outgoing_reset_done(stream(0));
    EXPECT_TRUE(seen) << moment;
    EXPECT_EQ(channels->state(ChannelKey(1)), ChannelState::Closed) << moment;
  }
}

/// Two sides whose wires are joined: everything arrives, resets are confirmed.
struct TwoSides : ::testing::Test {
  struct Side {
    FakeWire wire;
    Journal journal;
    Channels channels{journal, Limits{}};
  } a, b;
  void SetUp() override {
    a.channels.set_role(DtlsRole::Client);
    b.channels.set_role(DtlsRole::Server);
    a.channels.transport_connected({.wire = a.wire, .max_channels = 16, .max_message_size = 0});
    b.channels.transport_connected({.wire = b.wire, .max_channels = 16, .max_message_size = 0});
  }
  static bool carry(Side& from, Side& to) {
    const auto messages = std::exchange(from.wire.sent, {});
    const auto resets = std::exchange(from.wire.resets, {});
    for (const auto& message : messages) to.channels.receive(message.stream, message.ppid, message.bytes);
    for (const StreamId one : resets) {
      to.channels.incoming_reset(one);
      from.channels.outgoing_reset_done(one);
    }
    return !messages.empty() || !resets.empty();
  }
  void settle() {
    for (int round = 0; round < 1000; ++round) {
      const bool forth = carry(a, b);
      const bool back = carry(b, a);
      if (!forth && !back) return;
    }
    FAIL() << "the two sides never come to rest";
  }
};

TEST_F(TwoSides, ACloseIsSeenByBothAndTheIdIsFreeAgain) {
  for (int round = 1; round <= 20; ++round) {
    const ChannelKey key = a.channels.create({.label = "c"}).value();
    EXPECT_EQ(a.channels.id(key), stream(0));
    a.channels.open(key);
    settle();
    Side& closer = round % 2 == 0 ? a : b;
    closer.channels.close(round % 2 == 0 ? key : ChannelKey(static_cast<unsigned>(round)));
    settle();
    EXPECT_EQ(a.channels.size() + b.channels.size(), 0u);
  }
}

TEST_F(TwoSides, SimultaneousClosesMeet) {
  const ChannelKey key = a.channels.create({.negotiated = true, .id = stream(3)}).value();
  const ChannelKey other = b.channels.create({.negotiated = true, .id = stream(3)}).value();
  a.channels.open(key);
  b.channels.open(other);
  a.channels.close(key);
  b.channels.close(other);
  settle();
  EXPECT_THAT(a.journal.take(), ElementsAre("open 1", "closed 1"));
  EXPECT_THAT(b.journal.take(), ElementsAre("open 1", "closed 1"));
}

TEST_F(TwoSides, OpenAndCloseWithoutWaitingIsSeenAsOpenAndClose) {
  const ChannelKey key = a.channels.create({.label = "brief"}).value();
  a.channels.open(key);
  ASSERT_TRUE(a.channels.send(key, true, as_bytes("hi")).has_value());
  a.channels.close(key);
  settle();
  EXPECT_THAT(b.journal.take(), ElementsAre("announced 1 brief", "open 1", "text 1 hi", "closing 1", "closed 1"));
  EXPECT_THAT(a.journal.take(), ElementsAre("open 1", "closed 1"));
}

TEST_F(TwoSides, RefusalsOnBothSidesComeToRest) {
  a.channels.receive(stream(5), Ppid::Dcep, Bytes{3});
  b.channels.receive(stream(5), Ppid::Dcep, Bytes{3});
  settle();
  const ChannelKey key = b.channels.create({.negotiated = true, .id = stream(5)}).value();
  EXPECT_EQ(b.channels.state(key), ChannelState::Connecting);
}

/// The end of the connection, which may come from inside a handler.
TEST_F(Closing, WhatIsForgottenIsSilentAndGone) {
  connect();
  const ChannelKey key = open_channel();
  peer_opens(1);
  wire.room = 0;
  send_text(key, "still queued");
  journal.take();
  journal.react = [&](const std::string&) { channels->forget(); };
  peer_says(0, "hello");
  EXPECT_THAT(journal.take(), ElementsAre("text 1 hello"));
  EXPECT_EQ(channels->size(), 0u);
  EXPECT_EQ(channels->buffered_amount(key), 0u);
  peer_says(0, "again");
  peer_opens(3);
  channels->incoming_reset(stream(0));
  channels->writable();
  channels->transport_closed(std::nullopt);
  EXPECT_THAT(journal.take(), IsEmpty());
}

}  // namespace
}  // namespace parley::dcep::testing
