#include "unit/dcep/rig.hpp"

namespace parley::dcep::testing {
namespace {

struct Opening : OneSide {};

ErrorKind refused(const Result<ChannelKey>& result) {
  EXPECT_FALSE(result.has_value());
  return result.error().kind;
}

TEST_F(Opening, BadArgumentsAreTypeErrors) {
  make();
  EXPECT_EQ(refused(channels->create({.label = std::string(65536, 'a')})), ErrorKind::TypeError);
  EXPECT_EQ(refused(channels->create({.protocol = std::string(65536, 'a')})), ErrorKind::TypeError);
  EXPECT_EQ(refused(channels->create({.label = "\xFF"})), ErrorKind::TypeError);
  EXPECT_EQ(refused(channels->create({.negotiated = true})), ErrorKind::TypeError);
  EXPECT_EQ(refused(channels->create({.negotiated = true, .id = stream(65535)})), ErrorKind::TypeError);
  EXPECT_EQ(refused(channels->create({.max_packet_life_time = 1, .max_retransmits = 1})), ErrorKind::TypeError);
  EXPECT_EQ(channels->size(), 0u);
}

TEST_F(Opening, AnIdCanBeUsedOnlyOnce) {
  make();
  ASSERT_TRUE(channels->create({.negotiated = true, .id = stream(7)}).has_value());
  EXPECT_EQ(refused(channels->create({.negotiated = true, .id = stream(7)})), ErrorKind::OperationError);
}

TEST_F(Opening, AnIdWithoutNegotiatedIsIgnored) {
  connect(DtlsRole::Client);
  EXPECT_EQ(channels->id(channels->create({.id = stream(9)}).value()), stream(0));
}

TEST_F(Opening, ClientsTakeEvenIdsAndServersOddOnes) {
  for (const auto& [role, first] : {std::pair{DtlsRole::Client, 0u}, std::pair{DtlsRole::Server, 1u}}) {
    channels.reset();
    make();
    channels->set_role(role);
    ASSERT_TRUE(channels->create({.negotiated = true, .id = stream(first + 2)}).has_value());
    EXPECT_EQ(channels->id(channels->create({}).value()), stream(first));
    EXPECT_EQ(channels->id(channels->create({}).value()), stream(first + 4));
  }
}

TEST_F(Opening, IdsAreChosenInTheOrderOfCreationWhenTheRoleIsKnown) {
  make();
  const ChannelKey a = channels->create({}).value();
  const ChannelKey b = channels->create({.negotiated = true, .id = stream(1)}).value();
  const ChannelKey c = channels->create({}).value();
  EXPECT_EQ(channels->id(a), std::nullopt);
  EXPECT_EQ(channels->id(b), stream(1));
  channels->set_role(DtlsRole::Server);
  EXPECT_THAT(journal.take(), ElementsAre("id 1 3", "id 3 5"));
  EXPECT_EQ(channels->id(c), stream(5));
}

TEST_F(Opening, ExhaustedIdsAreAnOperationErrorOrCloseWaitingChannels) {
  connect(DtlsRole::Client, 4);
  ASSERT_TRUE(channels->create({}).has_value());
  ASSERT_TRUE(channels->create({}).has_value());
  EXPECT_EQ(refused(channels->create({})), ErrorKind::OperationError);
  EXPECT_EQ(refused(channels->create({.negotiated = true, .id = stream(4)})), ErrorKind::OperationError);
  EXPECT_TRUE(channels->create({.negotiated = true, .id = stream(3)}).has_value());
}

TEST_F(Opening, ExhaustedIdsCloseTheChannelsThatWaitForOne) {
  make();
  for (unsigned id = 0; id < 65535; id += 2)
    ASSERT_TRUE(channels->create({.negotiated = true, .id = stream(id)}).has_value());
  ASSERT_TRUE(channels->create({}).has_value());
  channels->set_role(DtlsRole::Client);
  EXPECT_THAT(journal.take(), ElementsAre("closed 32769 error"));
}

TEST_F(Opening, ChannelsBeyondTheNegotiatedStreamsCloseWithAnError) {
  make();
  ASSERT_TRUE(channels->create({.negotiated = true, .id = stream(65534)}).has_value());
  ASSERT_TRUE(channels->create({.negotiated = true, .id = stream(99)}).has_value());
  connect(DtlsRole::Client, 100);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error", "open 2"));
}

TEST_F(Opening, InBandChannelsAnnounceThemselvesAndOpenWithoutWaiting) {
  make();
  const ChannelKey key =
      channels->create({.label = "chat", .protocol = "v1", .ordered = false, .max_retransmits = 3}).value();
  EXPECT_EQ(channels->state(key), ChannelState::Connecting);
  connect();
  EXPECT_THAT(journal.take(), ElementsAre("id 1 0", "open 1"));
  ASSERT_EQ(wire.sent.size(), 1u);
  EXPECT_EQ(wire.sent[0].ppid, Ppid::Dcep);
  EXPECT_EQ(wire.sent[0].reliability, Reliability{});
  EXPECT_EQ(std::get<OpenMessage>(parse(wire.sent[0].bytes).value()),
            (OpenMessage{.label = "chat", .protocol = "v1", .reliability = {.ordered = false, .max_retransmits = 3}}));
}

TEST_F(Opening, CreatingTellsNothingUntilOpenIsCalled) {
  connect();
  const ChannelKey key = channels->create({}).value();
  EXPECT_THAT(journal.lines, IsEmpty());
  channels->open(key);
  channels->open(key);
  EXPECT_THAT(journal.take(), ElementsAre("open 1"));
  EXPECT_EQ(wire.sent.size(), 1u);
}

TEST_F(Opening, NegotiatedChannelsOpenWithoutAWord) {
  connect();
  channels->open(channels->create({.negotiated = true, .id = stream(5)}).value());
  EXPECT_THAT(journal.take(), ElementsAre("open 1"));
  EXPECT_THAT(wire.sent, IsEmpty());
}

TEST_F(Opening, MessagesAreOrderedUntilThePeerIsKnownToHaveTheOpen) {
  connect();
  const ChannelKey key = channels->create({.ordered = false, .max_packet_life_time = 100}).value();
  channels->open(key);
  send_text(key, "early");
  EXPECT_EQ(wire.pop().reliability, (Reliability{.ordered = true, .max_packet_life_time = 100}));
  channels->receive(stream(0), Ppid::Dcep, write(AckMessage{}));
  send_text(key, "late");
  EXPECT_EQ(wire.pop().reliability, (Reliability{.ordered = false, .max_packet_life_time = 100}));
}

TEST_F(Opening, AnyMessageOfThePeerCountsAsAcknowledgement) {
  connect();
  const ChannelKey key = channels->create({.ordered = false}).value();
  channels->open(key);
  peer_says(0, "hi");
  send_text(key, "late");
  EXPECT_FALSE(wire.pop().reliability.ordered);
}

TEST_F(Opening, AnOpenThatHasToWaitKeepsTheChannelConnecting) {
  connect();
  wire.room = 0;
  const ChannelKey key = channels->create({.label = "0123456789"}).value();
  channels->open(key);
  EXPECT_EQ(channels->state(key), ChannelState::Connecting);
  wire.room = 5;
  channels->writable();
  EXPECT_EQ(channels->state(key), ChannelState::Connecting);
  wire.room = 100;
  channels->writable();
  EXPECT_THAT(journal.take(), ElementsAre("open 1"));
}

TEST_F(Opening, ThePeersChannelIsAnnouncedAcknowledgedAndOpen) {
  connect(DtlsRole::Client);
  peer_opens(
      1,
      {.label = "theirs", .protocol = "x", .reliability = {.ordered = false, .max_retransmits = 2}, .priority = 128});
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 theirs", "open 1"));
  const ChannelInit& init = journal.announced[1];
  EXPECT_EQ(init.id, stream(1));
  EXPECT_EQ(init.protocol, "x");
  EXPECT_EQ(init.max_retransmits, 2);
  EXPECT_EQ(init.priority, 128);
  EXPECT_FALSE(init.ordered);
  EXPECT_FALSE(init.negotiated);
  ASSERT_EQ(wire.sent.size(), 1u);
  EXPECT_EQ(wire.sent[0].bytes, write(AckMessage{}));
  EXPECT_EQ(wire.sent[0].stream, stream(1));
}

TEST_F(Opening, WhatTheProgramSaysWhenTheChannelOpensFollowsTheAcknowledgement) {
  connect(DtlsRole::Client);
  journal.react = [&](const std::string& line) {
    if (line == "open 1") send_text(ChannelKey(1), "welcome");
  };
  peer_opens(1);
  ASSERT_EQ(wire.sent.size(), 2u);
  EXPECT_EQ(wire.sent[0].ppid, Ppid::Dcep);
  EXPECT_EQ(wire.sent[1].bytes, bytes("welcome"));
}

TEST_F(Opening, AnOpenOnTheWrongParityIsRefused) {
  connect(DtlsRole::Client);
  peer_opens(2);
  EXPECT_THAT(journal.lines, IsEmpty());
  EXPECT_THAT(wire.sent, IsEmpty());
  EXPECT_THAT(wire.resets, ElementsAre(stream(2)));
}

TEST_F(Opening, AMalformedOpenIsRefused) {
  connect(DtlsRole::Client);
  channels->receive(stream(1), Ppid::Dcep, Bytes{3, 0, 0});
  EXPECT_THAT(wire.resets, ElementsAre(stream(1)));
  channels->receive(stream(1), Ppid::Dcep, write(OpenMessage{}));
  EXPECT_THAT(journal.lines, IsEmpty()) << "the stream is refused until it was reset";
}

TEST_F(Opening, AnAcknowledgementOrUnknownMessageForNothingIsIgnored) {
  connect(DtlsRole::Client);
  channels->receive(stream(1), Ppid::Dcep, write(AckMessage{}));
  channels->receive(stream(1), Ppid::Dcep, Bytes{77});
  EXPECT_THAT(wire.resets, IsEmpty());
  peer_opens(1);
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 p", "open 1"));
}

TEST_F(Opening, ASecondOpenOnAUsedStreamFailsTheChannel) {
  connect(DtlsRole::Client);
  peer_opens(1);
  journal.take();
  peer_opens(1);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(1)));
}

TEST_F(Opening, ThePeerCannotOpenMoreChannelsThanTheLimit) {
  limits.remote_channels = 2;
  connect(DtlsRole::Client);
  peer_opens(1);
  peer_opens(3);
  peer_opens(5);
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 p", "open 1", "announced 2 p", "open 2"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(5)));
  channels->close(ChannelKey(1));
  channels->outgoing_reset_done(stream(1));
  channels->incoming_reset(stream(1));
  peer_opens(7);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1", "announced 3 p", "open 3"));
}

TEST_F(Opening, ThePeerCannotFillMemoryWithNames) {
  limits.remote_names = 10;
  connect(DtlsRole::Client);
  peer_opens(1, {.label = "12345", .protocol = "678"});
  peer_opens(3, {.label = "123"});
  peer_opens(5, {.label = "12"});
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 12345", "open 1", "announced 2 12", "open 2"));
  EXPECT_THAT(wire.resets, ElementsAre(stream(3)));
}

TEST_F(Opening, ARefusedStreamCanBeUsedAgainAfterBothResets) {
  connect(DtlsRole::Client);
  channels->receive(stream(1), Ppid::Dcep, Bytes{3});
  channels->incoming_reset(stream(1));
  peer_opens(1, {.label = "again"});  // the peer knows that we reset before we know that it knows
  EXPECT_THAT(journal.lines, IsEmpty());
  channels->outgoing_reset_done(stream(1));
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 again", "open 1"));
}

TEST_F(Opening, DataThatOvertakesTheOpenWaitsForIt) {
  connect(DtlsRole::Client);
  peer_says(1, "one");
  peer_says(1, "two");
  EXPECT_THAT(journal.lines, IsEmpty());
  peer_opens(1);
  EXPECT_THAT(journal.take(), ElementsAre("announced 1 p", "open 1", "text 1 one", "text 1 two"));
}

TEST_F(Opening, DataForANegotiatedChannelWaitsUntilTheProgramCreatesIt) {
  connect(DtlsRole::Client);
  peer_says(8, "early");
  channels->open(channels->create({.negotiated = true, .id = stream(8)}).value());
  EXPECT_THAT(journal.take(), ElementsAre("open 1", "text 1 early"));
}

TEST_F(Opening, HeldDataIsBoundedAndClosesTheStreamBeyond) {
  limits.held_messages = 3;
  limits.held_bytes = 10;
  connect(DtlsRole::Client);
  peer_says(1, "123456");
  peer_says(1, "12345");  // 11 bytes
  EXPECT_THAT(wire.resets, ElementsAre(stream(1)));
  for (int i = 0; i < 4; ++i) peer_says(3, "1");
  EXPECT_THAT(wire.resets, ElementsAre(stream(1), stream(3)));
  peer_says(5, "1234567890");
  EXPECT_EQ(wire.resets.size(), 2u) << "what was held for refused streams is gone";
}

TEST_F(Opening, AHoleInHeldDataIsAnErrorAndNotAnOmission) {
  limits.held_messages = 1;
  connect(DtlsRole::Client);
  wire.room = 0;
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  peer_says(0, "one");
  peer_says(0, "two");
  wire.room = 1000;
  channels->writable();
  EXPECT_THAT(journal.take(), ElementsAre("open 1", "closed 1 error"));
}

TEST_F(Opening, AStreamThatThePeerHasSpoiltIsTheLastChoice) {
  connect(DtlsRole::Client, 4);
  for (const unsigned id : {0U, 2U}) peer_says(id, "x");
  channels->open(channels->create({}).value());
  channels->open(channels->create({}).value());
  EXPECT_THAT(journal.take(), ElementsAre("open 1", "open 2"));
  EXPECT_FALSE(channels->create({}));
}

TEST_F(Opening, StreamsBeyondTheNegotiatedNumberAreIgnored) {
  connect(DtlsRole::Client, 10);
  peer_opens(11);
  peer_says(10, "x");
  channels->incoming_reset(stream(12));
  EXPECT_THAT(journal.lines, IsEmpty());
  EXPECT_THAT(wire.resets, IsEmpty());
}

TEST_F(Opening, AStreamThatTheWireCannotCarryFailsTheChannel) {
  connect(DtlsRole::Client);
  wire.broken = {0};
  const ChannelKey key = channels->create({}).value();
  channels->open(key);
  EXPECT_THAT(journal.take(), ElementsAre("closed 1 error"));
}

}  // namespace
}  // namespace parley::dcep::testing
