// An authenticated peer that abuses data channels: floods of channels, messages and resets. The victim is the public
// API; a healthy pair on the same loop must not notice much.
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "support/hostile_session.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr std::uint32_t kDcep = 50, kBinary = 53, kEmptyString = 56;
constexpr std::size_t kMiB = 1 << 20;

/// What the program sees of the channels that the peer opens; no handler for their messages.
struct Announced {
  explicit Announced(HostileSession& s) : session(s) {
    session.victim.ondatachannel = [this](const RTCDataChannelEvent& event) {
      ++count;
      event.channel->onerror = [this] { ++errors; };
      event.channel->onclose = [this] { ++closes; };
      last = event.channel;
    };
  }
  ~Announced() { session.victim.close(); }
  HostileSession& session;
  std::size_t count = 0, errors = 0, closes = 0;  // on the loop
  std::shared_ptr<RTCDataChannel> last;
};

void expect_unharmed(HostileSession& session) {
  EXPECT_EQ(session.victim.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_EQ(session.victim.sctp()->state(), RTCSctpTransportState::Connected);
  EXPECT_TRUE(session.healthy.alive());
  EXPECT_LT(session.healthy.worst(), HealthyPair::kBearable);
}

TEST(HostileChannels, OpeningEveryIdMakesNoMoreChannelsThanThereAreStreams) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  const std::size_t before = allocated_bytes();
  session.attack([](RawSctp& sctp) {
    const Bytes open = dcep_open(8);
    for (unsigned id = 0; id < 65535; ++id) sctp.message(static_cast<std::uint16_t>(id), kDcep, open);
  });
  ASSERT_TRUE(session.arrived());
  const unsigned streams = session.victim.sctp()->maxChannels().value_or(0);
  // Even ids are the DTLS client's, which the peer is.
  EXPECT_TRUE(session.victim_will([&] { return announced.count == streams / 2; }));
  // The victim's own channel was opened a second time by the peer: RFC 8832 section 6.
  EXPECT_TRUE(session.victim_will([&] { return session.channel->readyState() == RTCDataChannelState::Closed; }));
  EXPECT_LT(allocated_bytes(), before + 16 * kMiB);
  expect_unharmed(session);
}

TEST(HostileChannels, TheLongestLabelsAreAcceptedUpToTheirLimit) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  const std::size_t before = allocated_bytes();
  session.attack([](RawSctp& sctp) {
    const Bytes open = dcep_open(65535, 65535);
    for (std::uint16_t id = 0; id < 200; id = static_cast<std::uint16_t>(id + 2))
      for (std::size_t at = 0; at < open.size(); at += 1024)
        sctp.send({.stream = id,
                   .ppid = kDcep,
                   .first = at == 0,
                   .last = at + 1024 >= open.size(),
                   .payload = ByteView(open).subspan(at, std::min<std::size_t>(1024, open.size() - at))});
  });
  ASSERT_TRUE(session.arrived());
  EXPECT_TRUE(session.victim_will([&] { return announced.count == 32; }));  // 4 MiB of names
  EXPECT_EQ(session.channel->readyState(), RTCDataChannelState::Open);
  EXPECT_LT(allocated_bytes(), before + 24 * kMiB);
  expect_unharmed(session);
}

TEST(HostileChannels, MalformedOpensAreRefusedAndOneOnAUsedIdClosesThatChannelWithAnError) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  Latch failed, closed;
  session.channel->onerror = [&](const RTCErrorEvent& event) {
    EXPECT_EQ(event.error.errorDetail(), RTCErrorDetailType::DataChannelFailure);
    failed.set();
  };
  session.channel->onclose = [&] { closed.set(); };
  session.attack([](RawSctp& sctp) {
    const Bytes good = dcep_open(40, 20);
    // Every way of being cut, one each on streams that the peer may use.
    for (std::size_t cut = 1; cut < good.size(); ++cut)
      sctp.message(static_cast<std::uint16_t>(2 * cut + 2), kDcep, ByteView(good).first(cut));
    for (unsigned type = 0; type < 256; ++type) {
      if (type == 2 || type == 3) continue;
      Bytes odd = good;
      odd[0] = static_cast<std::uint8_t>(type);
      sctp.message(200, kDcep, odd);
    }
    Bytes odd_kind = good;
    odd_kind[1] = 0x7F;
    sctp.message(202, kDcep, odd_kind);
    Bytes not_utf8 = good;
    not_utf8[12] = 0xFF;
    sctp.message(204, kDcep, not_utf8);
    sctp.message(1, kDcep, good);  // the victim's own
  });
  ASSERT_TRUE(session.arrived());
  EXPECT_TRUE(failed.wait());
  EXPECT_TRUE(closed.wait());
  // Only that with the odd label is a channel, and its label is repaired.
  EXPECT_TRUE(session.victim_will([&] { return announced.count == 1; }));
  EXPECT_EQ(announced.last->label().substr(0, 3), "\xEF\xBF\xBD");
  expect_unharmed(session);
}

TEST(HostileChannels, OpenedAndClosedAgainAndAgainLeaveNothingBehind) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  const auto cycle = [&] {
    const std::uint64_t resets = session.peer.loop().run([&] { return session.sctp.resets_received(); });
    session.attack([](RawSctp& sctp) {
      sctp.message(0, kDcep, dcep_open(100));
      const std::uint16_t stream = 0;
      sctp.reset({&stream, 1});
    });
    return session.peer.wait(
        [&] { return session.sctp.resets_received() > resets && session.sctp.outstanding() == 0; });
  };
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(cycle()) << i;
  const std::size_t before = allocated_bytes();
  const std::size_t cycles = kSanitized ? 200 : 1000;
  for (std::size_t i = 0; i < cycles; ++i) ASSERT_TRUE(cycle()) << i;
  EXPECT_TRUE(session.victim_will([&] { return announced.closes == cycles + 50; }));
  EXPECT_EQ(announced.count, cycles + 50);
  EXPECT_EQ(announced.errors, 0U);
  EXPECT_LT(allocated_bytes(), before + kMiB);
  expect_unharmed(session);
}

TEST(HostileChannels, ResetsOfStreamsThatAreNotInUseAreAnswered) {
  HostileSession session;
  ASSERT_TRUE(session.connect());
  const auto everything = [&](std::span<const std::uint16_t> streams) {
    const std::size_t before = allocated_bytes();
    for (int i = 0; i < 100; ++i) {
      session.attack([&](RawSctp& sctp) { sctp.reset(streams); });
      session.loop->run([] {});
    }
    EXPECT_LT(allocated_bytes(), before + 4 * kMiB);
  };
  std::vector<std::uint16_t> unused(500);
  std::iota(unused.begin(), unused.end(), std::uint16_t{10});
  everything(unused);
  const std::array<std::uint16_t, 3> nonexistent{5000, 65534, 65535};
  everything(nonexistent);
  expect_unharmed(session);
  EXPECT_EQ(session.channel->readyState(), RTCDataChannelState::Open);
  everything({});  // all of them, that of the one open channel as well
  EXPECT_TRUE(session.victim_will([&] { return session.channel->readyState() == RTCDataChannelState::Closed; }));
  expect_unharmed(session);
}

TEST(HostileChannels, MessagesOfOtherProtocolsAndEmptyChunksAreIgnored) {
  HostileSession session;
  ASSERT_TRUE(session.connect());
  Latch message;
  std::atomic<int> messages = 0;
  session.channel->onmessage = [&] {
    ++messages;
    message.set();
  };
  const std::size_t before = allocated_bytes();
  session.attack([](RawSctp& sctp) {
    const Bytes some(100, 7);
    for (std::uint32_t ppid = 0; ppid < 20'000; ++ppid)
      if (ppid < 50 || ppid > 57) sctp.message(1, ppid, some);
    for (int i = 0; i < 1000; ++i) {
      Bytes empty;  // a DATA chunk without data, RFC 9260 section 3.3.1: an error
      ByteWriter(empty).number(std::uint8_t{0}).number(std::uint8_t{3}).number(std::uint16_t{16});
      ByteWriter(empty).number(sctp.next_tsn() + 5000).number(std::uint16_t{1}).number(std::uint16_t{0});
      ByteWriter(empty).number(kBinary);
      sctp.send_chunks(empty);
    }
  });
  ASSERT_TRUE(session.arrived());
  EXPECT_EQ(messages, 0);
  EXPECT_LT(allocated_bytes(), before + 4 * kMiB);
  session.attack([](RawSctp& sctp) { sctp.message(1, kBinary, Bytes(1)); });
  EXPECT_TRUE(message.wait());
  expect_unharmed(session);
}

TEST(HostileChannels, AMessageAboveTheAnnouncedLimitClosesItsChannelOnly) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  Latch failed;
  session.channel->onerror = [&](const RTCErrorEvent& event) {
    EXPECT_EQ(event.error.errorDetail(), RTCErrorDetailType::DataChannelFailure);
    failed.set();
  };
  const std::size_t before = allocated_bytes();
  session.attack([](RawSctp& sctp) {
    sctp.message(0, kDcep, dcep_open(1));
    const Bytes piece(1024);
    for (int i = 0; i < 8 * 1024; ++i) sctp.send({.stream = 1, .first = i == 0, .last = false, .payload = piece});
  });
  ASSERT_TRUE(session.arrived());
  EXPECT_TRUE(failed.wait());
  EXPECT_TRUE(session.victim_will([&] { return announced.count == 1; }));
  EXPECT_EQ(announced.last->readyState(), RTCDataChannelState::Open);
  EXPECT_LT(allocated_bytes(), before + 4 * kMiB);
  expect_unharmed(session);
}

/// The limit is 16 MiB for each channel, counting what keeping a message costs.
TEST(HostileChannels, WithoutAMessageHandlerAChannelFailsAtItsLimitAndGivesTheMemoryBack) {
  HostileSession session;
  ASSERT_TRUE(session.connect());
  const std::size_t before = allocated_bytes();
  for (const bool empty : {false, true}) {
    const std::uint16_t id = empty ? 3 : 1;
    std::shared_ptr<RTCDataChannel> channel = session.channel;
    if (empty) channel = session.loop->run([&] { return session.victim.createDataChannel("second"); });
    ASSERT_TRUE(session.victim_will([&] { return channel->readyState() == RTCDataChannelState::Open; }));
    ASSERT_EQ(channel->id(), id);
    Latch failed, closed;
    channel->onerror = [&](const RTCErrorEvent& event) {
      EXPECT_EQ(event.error.errorDetail(), RTCErrorDetailType::DataChannelFailure);
      failed.set();
    };
    channel->onclose = [&] { closed.set(); };
    std::size_t most = 0;
    for (int round = 0; round < 40 && !failed.is_set(); ++round) {
      session.attack([&](RawSctp& sctp) {
        const Bytes piece(empty ? 1 : 1024);
        for (int i = 0; i < (empty ? 10'000 : 1000); ++i) sctp.message(id, empty ? kEmptyString : kBinary, piece);
      });
      ASSERT_TRUE(session.arrived());
      session.loop->run([] {});
      most = std::max(most, allocated_bytes());
    }
    EXPECT_TRUE(failed.wait());
    EXPECT_TRUE(closed.wait());
    EXPECT_LT(most, before + 26 * kMiB) << (empty ? "empty messages" : "messages");
    EXPECT_TRUE(session.victim_will([&] { return allocated_bytes() < before + 4 * kMiB; }));
  }
  expect_unharmed(session);
}

TEST(HostileChannels, WithoutMessageHandlersAllChannelsTogetherHoldABoundedAmount) {
  HostileSession session;
  Announced announced(session);
  ASSERT_TRUE(session.connect());
  const std::size_t before = allocated_bytes();
  std::size_t most = 0;
  session.attack([](RawSctp& sctp) {
    for (std::uint16_t id = 0; id < 40; id = static_cast<std::uint16_t>(id + 2)) sctp.message(id, kDcep, dcep_open(1));
  });
  for (std::uint16_t id = 0; id < 40; id = static_cast<std::uint16_t>(id + 2)) {
    session.attack([&](RawSctp& sctp) {
      const Bytes piece(1024);
      for (int i = 0; i < 5 * 1024; ++i) sctp.message(id, kBinary, piece);
    });
    ASSERT_TRUE(session.arrived());
    most = std::max(most, allocated_bytes());
  }
  EXPECT_TRUE(session.victim_will([&] { return announced.errors > 0; }));
  EXPECT_LT(most, before + 80 * kMiB);  // 64 MiB wait at most
  expect_unharmed(session);
}

/// Pieces of messages whose other pieces never come. Which of them is an offence and which is patience is the SCTP
/// stack's judgement: the association lives or is aborted with an error, and in both cases memory is bounded.
void send_pieces_without_end(const RawSctp::Options& options, bool first, bool unordered, bool gaps) {
  HostileSession session(options);
  Latch failed, closed;
  ASSERT_TRUE(session.connect());
  session.channel->onerror = [&] { failed.set(); };
  session.channel->onclose = [&] { closed.set(); };
  const std::size_t before = allocated_bytes();
  std::size_t most = before;
  const int rounds = kSanitized ? 20 : 100;
  for (int round = 0; round < rounds; ++round) {
    session.attack([&](RawSctp& sctp) {
      // By hand, for what is never acknowledged cannot be sent reliably.
      const std::uint32_t base = sctp.next_tsn() + static_cast<std::uint32_t>(round) * 2000;
      for (std::uint32_t i = 0; i < 1000; i += 40) {
        Bytes chunks;
        for (std::uint32_t j = i; j < i + 40; ++j) {
          const std::uint8_t flags = static_cast<std::uint8_t>((first ? 2 : 0) | (unordered ? 4 : 0));
          ByteWriter out(chunks);
          out.number(options.interleaving ? std::uint8_t{0x40} : std::uint8_t{0}).number(flags);
          out.number(static_cast<std::uint16_t>(options.interleaving ? 21 : 17));
          out.number(base + j * (gaps ? 2 : 1)).number(static_cast<std::uint16_t>(j % 256));
          if (options.interleaving) {
            out.number(std::uint16_t{0}).number(base + j).number(first ? kBinary : std::uint32_t{1});
          } else {
            out.number(static_cast<std::uint16_t>(base + j)).number(kBinary);
          }
          out.number(std::uint8_t{7});
          while (chunks.size() % 4 != 0) chunks.push_back(0);
        }
        sctp.send_chunks(chunks);
      }
    });
    session.loop->run([] {});
    most = std::max(most, allocated_bytes());
  }
  EXPECT_LT(most, before + 32 * kMiB);
  if (session.peer.wait([&] { return session.sctp.aborted(); }, 100ms)) {
    EXPECT_TRUE(failed.wait());
    EXPECT_TRUE(closed.wait());
    EXPECT_EQ(session.victim.sctp()->state(), RTCSctpTransportState::Closed);
  } else {
    EXPECT_EQ(session.victim.sctp()->state(), RTCSctpTransportState::Connected);
  }
  EXPECT_EQ(session.victim.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_TRUE(session.healthy.alive());
  EXPECT_LT(session.healthy.worst(), HealthyPair::kBearable);
}

TEST(HostileChannels, TinyPiecesOfMessagesThatAreNeverCompletedHoldABoundedAmount) {
  for (const bool interleaving : {false, true})
    for (const bool first : {false, true})
      for (const bool unordered : {false, true})
        for (const bool gaps : {false, true}) {
          SCOPED_TRACE(testing::Message() << "interleaving " << interleaving << " first " << first << " unordered "
                                          << unordered << " gaps " << gaps);
          send_pieces_without_end({.interleaving = interleaving}, first, unordered, gaps);
        }
}

TEST(HostileChannels, AWindowThatStaysClosedIsMetByALimitAndClosingStillReturnsAtOnce) {
  HostileSession session({.window = 0});
  ASSERT_TRUE(session.connect());
  ASSERT_TRUE(session.victim_will([&] { return session.channel->readyState() == RTCDataChannelState::Open; }));
  const std::size_t before = allocated_bytes();
  const std::vector<std::uint8_t> piece(64 << 10);
  std::size_t sent = 0;
  const auto send_until_refused = [&] {
    for (; sent < 10'000; ++sent) session.channel->send(std::span(piece));
  };
  EXPECT_THROW(session.loop->run(send_until_refused), OperationError);
  EXPECT_LE(session.channel->bufferedAmount(), 16 * kMiB);
  EXPECT_LT(allocated_bytes(), before + 24 * kMiB);
  auto writing = session.channel->write(std::string_view("x")).then([] { return true; });
  EXPECT_TRUE(session.healthy.alive());
  const auto begin = std::chrono::steady_clock::now();
  session.victim.close();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, HealthyPair::kBearable);
  EXPECT_THROW(writing.get(10s), DOMException);
  EXPECT_TRUE(session.victim_will([&] { return allocated_bytes() < before + 2 * kMiB; }));
  EXPECT_TRUE(session.healthy.alive());
  EXPECT_LT(session.healthy.worst(), HealthyPair::kBearable);
}

/// bufferedAmount does not count empty messages, but they cost memory.
TEST(HostileChannels, AQueueOfEmptyMessagesIsBoundedAsWell) {
  HostileSession session({.window = 0});
  ASSERT_TRUE(session.connect());
  ASSERT_TRUE(session.victim_will([&] { return session.channel->readyState() == RTCDataChannelState::Open; }));
  const std::size_t before = allocated_bytes();
  const auto send_until_refused = [&] {
    for (int i = 0; i < 1'000'000; ++i) session.channel->send("");
  };
  EXPECT_THROW(session.loop->run(send_until_refused), OperationError);
  EXPECT_EQ(session.channel->bufferedAmount(), 0U);
  EXPECT_LT(allocated_bytes(), before + 40 * kMiB);
  expect_unharmed(session);
}

}  // namespace
}  // namespace parley
