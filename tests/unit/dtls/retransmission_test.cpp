#include "dtls/retransmission.hpp"

#include <gtest/gtest.h>

#include "dtls/datagram_bio.hpp"

namespace parley::dtls::test {
namespace {

/// How OpenSSL tells the BIO of its timer: the timer itself (3.0, 3.1) or a copy of it (3.2 and later).
enum class Told { Timer, Copy };

/// A client that nobody answers.
class Client final : public DatagramPort {
 public:
  Client(Told told, Duration first) : DatagramPort(1200), timer(first, 3s), told_(told) {
    SSL_set_app_data(ssl_.get(), this);
    DTLS_set_timer_cb(ssl_.get(), [](SSL* ssl, unsigned previous) {
      return static_cast<Client*>(SSL_get_app_data(ssl))->timer.next_duration(previous);
    });
    BIO* const bio = make_datagram_bio(*this).release();
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl_.get(), 1200);
    SSL_set_connect_state(ssl_.get());
    SSL_do_handshake(ssl_.get());
  }

  void write_datagram(ByteView) noexcept override { ++sent; }
  void set_timer(timeval& time) noexcept override {
    if (told_ == Told::Timer) return timer.set(time, now);
    timeval copy = time;
    timer.set(copy, now);
  }
  bool expire() { return timer.expire(ssl_.get(), now); }

  TimePoint now{1h};
  Retransmission timer;
  int sent = 0;

 private:
  const Told told_;
  Owned<SSL_CTX, SSL_CTX_free> context_{SSL_CTX_new(DTLS_client_method())};
  OwnedSsl ssl_{SSL_new(context_.get())};
};

TEST(DtlsRetransmission, ObeysOurTimeWhereOpensslShowsItsTimer) {
  Client client(Told::Timer, 100ms);
  ASSERT_EQ(client.sent, 1);
  EXPECT_EQ(client.timer.deadline(), client.now + 100ms);
  client.now += 100ms;
  EXPECT_TRUE(client.expire());
  EXPECT_EQ(client.sent, 2);
  EXPECT_EQ(client.timer.deadline(), client.now + 200ms);
}

TEST(DtlsRetransmission, WaitsForOpensslsClockWhereItDoesNot) {
  Client client(Told::Copy, 3000s);
  client.now += 3000s;
  EXPECT_TRUE(client.expire());
  EXPECT_EQ(client.sent, 1);  // by the clock on the wall nothing is due
  ASSERT_TRUE(client.timer.deadline());
  EXPECT_GT(*client.timer.deadline(), client.now + 2000s);
  EXPECT_LE(*client.timer.deadline(), client.now + 3000s);
}

TEST(DtlsRetransmission, RepeatsByOpensslsClockWhereItDoesNot) {
  Client client(Told::Copy, 20ms);
  const TimePoint limit = Clock::now() + 5s;
  while (client.sent == 1 && Clock::now() < limit) ASSERT_TRUE(client.expire());
  EXPECT_EQ(client.sent, 2);
  EXPECT_EQ(client.timer.deadline(), client.now + 40ms);
}

TEST(DtlsRetransmission, SaysWhenOpensslGivesUp) {
  Client client(Told::Timer, 100ms);
  int repetitions = 0;
  while (client.expire()) {
    ASSERT_LT(++repetitions, 20);
    client.now = *client.timer.deadline();
  }
  EXPECT_EQ(repetitions, 12);
}

TEST(DtlsRetransmission, DoublesUpToTheLongest) {
  Retransmission timer(100ms, 350ms);
  EXPECT_EQ(timer.next_duration(0), 100000u);
  EXPECT_EQ(timer.next_duration(100000), 200000u);
  EXPECT_EQ(timer.next_duration(200000), 350000u);
  EXPECT_EQ(timer.next_duration(350000), 350000u);
}

}  // namespace
}  // namespace parley::dtls::test
