#include <gtest/gtest.h>

#include "ice/stun_client.hpp"
#include "ice/stun_message.hpp"

namespace parley::ice {
namespace {

/// RFC 5769 section 2.2: sample IPv4 response.
const Bytes kResponse = {0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                         0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74,
                         0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01,
                         0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99,
                         0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b,
                         0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};
/// RFC 5769 section 2.3: sample IPv6 response, its first attributes.
const Bytes kResponse6 = {0x01, 0x01, 0x00, 0x18, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6,
                          0x86, 0xfa, 0x87, 0xdf, 0xae, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13,
                          0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9};

TEST(IceStun, ReadsTheSamplesOfRfc5769) {
  const auto four = stun::parse(kResponse);
  ASSERT_TRUE(four);
  EXPECT_EQ(four->type, stun::Class::Success);
  EXPECT_EQ(four->method, 1);
  ASSERT_TRUE(four->mapped);
  EXPECT_EQ(four->mapped->address(), "192.0.2.1");
  EXPECT_EQ(four->mapped->port(), 32853);
  const auto six = stun::parse(kResponse6);
  ASSERT_TRUE(six && six->mapped);
  EXPECT_EQ(six->mapped->address(), "2001:db8:1234:5678:11:2233:4455:6677");
  EXPECT_EQ(six->mapped->port(), 32853);
}

TEST(IceStun, SignsLikeTheSampleOfRfc5769) {
  // Section 2.4: a request with long-term credentials.
  const stun::TransactionId id{0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda, 0x41, 0x2e};
  const std::string username = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9";
  stun::Writer writer(stun::Method::Binding, stun::Class::Request, id);
  writer.text(stun::kUsername, username).text(stun::kNonce, "f//499k954d6OL34oL9FSTvy64sA");
  writer.text(stun::kRealm, "example.org").integrity(stun::long_term_key(username, "example.org", "TheMatrIX"));
  const Bytes bytes = writer.take();
  const Bytes expected = {0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02, 0xb8,
                          0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66};
  ASSERT_EQ(bytes.size(), 116U);
  EXPECT_EQ(Bytes(bytes.end() - 20, bytes.end()), expected);
}

TEST(IceStun, VerifiesTheSampleOfRfc5769) {
  const std::string password = "VOkJxbRl1RmTxUk/WvJxBt";
  EXPECT_TRUE(stun::verify(kResponse, as_bytes(password)));
  EXPECT_FALSE(stun::verify(kResponse, as_bytes("another")));
  EXPECT_FALSE(stun::verify(kResponse6, as_bytes(password)));  // not signed
  for (std::size_t i = 20; i < 68; ++i) {                      // what is signed, and the signature
    Bytes changed = kResponse;
    changed[i] ^= 1;
    EXPECT_FALSE(stun::verify(changed, as_bytes(password))) << i;
  }
  for (std::size_t size = 0; size < 68; ++size)
    EXPECT_FALSE(stun::verify(ByteView(kResponse).first(size), as_bytes(password))) << size;
}

TEST(IceStun, TheLongTermKeyIsThatOfTheRfc) {
  // RFC 8489 section 9.2.2: the example of username "user", realm "realm", password "pass".
  const Bytes expected = {0x84, 0x93, 0xfb, 0xc5, 0x3b, 0xa5, 0x82, 0xfb,
                          0x4c, 0x04, 0x4c, 0x45, 0x6b, 0xdc, 0x40, 0xeb};
  EXPECT_EQ(stun::long_term_key("user", "realm", "pass"), expected);
}

TEST(IceStun, RefusesEveryCutAndBrokenMessage) {
  for (std::size_t size = 0; size < kResponse.size(); ++size)
    EXPECT_FALSE(stun::parse(ByteView(kResponse).first(size))) << size;
  Bytes cookie = kResponse;
  cookie[4] ^= 1;
  EXPECT_FALSE(stun::parse(cookie));
  Bytes attribute = kResponse;
  attribute[22] = 0xFF;  // longer than the message
  EXPECT_FALSE(stun::parse(attribute));
  EXPECT_FALSE(stun::parse(Bytes(100, 0x80)));
}

struct IceStunClient : ::testing::Test {
  StunClient client{0x70617231};
  TimePoint now{};
  const SocketAddress server = *SocketAddress::parse("192.0.2.1", 3478);
  StunClient::Outgoing only() {
    auto out = client.advance(now);
    EXPECT_EQ(out.size(), 1U);
    return out.at(0);
  }
  static Bytes answer(const Bytes& request, ByteView mapped) {
    Bytes out = request;
    out.resize(20);
    out[0] = 1;
    out[1] = 1;
    out[3] = static_cast<std::uint8_t>(mapped.size());
    out.insert(out.end(), mapped.begin(), mapped.end());
    return out;
  }
};
const Bytes kMapped = {0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x04, 0xD2, 203, 0, 113, 7};  // MAPPED-ADDRESS

TEST_F(IceStunClient, AnAnswerEndsTheQuestion) {
  client.ask({3, 5, server}, now);
  const auto out = only();
  EXPECT_EQ(out.socket, 3U);
  EXPECT_EQ(ByteView(out.message)[8], 0x70);
  const auto outcome = client.receive(answer(out.message, kMapped), server);
  ASSERT_TRUE(outcome && outcome->mapped);
  EXPECT_EQ(outcome->question.server, 5U);
  EXPECT_EQ(outcome->mapped->address(), "203.0.113.7");
  EXPECT_EQ(outcome->mapped->port(), 1234);
  EXPECT_TRUE(client.idle());
  EXPECT_FALSE(client.receive(answer(out.message, kMapped), server));
}

TEST_F(IceStunClient, OnlyTheServerItselfIsBelieved) {
  client.ask({0, 0, server}, now);
  const auto out = only();
  EXPECT_FALSE(client.receive(answer(out.message, kMapped), *SocketAddress::parse("192.0.2.2", 3478)));
  Bytes other = out.message;
  other[19] ^= 1;
  EXPECT_FALSE(client.receive(answer(other, kMapped), server));
  EXPECT_FALSE(client.idle());
}

TEST_F(IceStunClient, SilenceIsGivenUpAfterThreeSendings) {
  client.ask({0, 0, server}, now);
  int sent = 0;
  while (const auto deadline = client.next_deadline()) {
    now = *deadline;
    sent += static_cast<int>(client.advance(now).size());
  }
  EXPECT_EQ(sent, 3);
  EXPECT_EQ(now - TimePoint{}, 3s);
  EXPECT_EQ(client.take_unanswered().size(), 1U);
  EXPECT_TRUE(client.idle());
}

TEST_F(IceStunClient, QuestionsArePaced) {
  for (std::size_t i = 0; i < 3; ++i) client.ask({i, 0, server}, now);
  EXPECT_EQ(client.advance(now).size(), 1U);
  now += 10ms;
  EXPECT_EQ(client.advance(now).size(), 2U);
}

}  // namespace
}  // namespace parley::ice
