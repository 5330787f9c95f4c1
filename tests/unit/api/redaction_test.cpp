// The log at its most talkative holds nothing that opens anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "parley/log.hpp"
#include "support/pair.hpp"
#include "unit/ice/servers.hpp"

namespace parley {
namespace {

using ice::testing::TurnServer;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

/// Everything the library logs, but for the marks that stand in place of what was taken out.
class WholeLog {
 public:
  WholeLog() {
    set_log_level(LogLevel::Debug);
    set_log_sink([this](const LogRecord& record) {
      const std::lock_guard lock(mutex_);
      text_.append(record.component).append(" ").append(record.message).append("\n");
    });
  }
  ~WholeLog() {
    set_log_sink(nullptr);
    set_log_level(LogLevel::Warning);
  }
  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    std::string cleaned = text_;
    constexpr std::string_view kMark = "[secret]";
    for (std::size_t at = 0; (at = cleaned.find(kMark)) != std::string::npos;) cleaned.erase(at, kMark.size());
    return cleaned;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

RTCConfiguration through(const TurnServer& turn, const RTCCertificate& certificate) {
  RTCConfiguration configuration = test::on_loopback();
  const std::string url = "turn:127.0.0.1:" + std::to_string(turn.port());
  configuration.iceServers = {{.urls = url, .username = "alice", .credential = "secret"},
                              {.urls = url + "?transport=tcp", .username = "alice", .credential = "wrong-password"}};
  configuration.iceTransportPolicy = RTCIceTransportPolicy::Relay;
  configuration.certificates = {certificate};
  return configuration;
}

TEST(Log, HoldsNoPasswordAndNoKeyOfAWholeConnection) {
  TurnServer turn;
  ASSERT_TRUE(turn.running());
  WholeLog log;
  const RTCCertificate certificate = RTCPeerConnection::generateCertificate().get(10s);
  std::vector<std::string> secrets = {"secret", "wrong-password"};
  {
    test::Pair pair(through(turn, certificate), through(turn, certificate));
    test::Latch open;
    const auto channel = pair.offerer.createDataChannel("x");
    channel->onopen = [&] { open.set(); };
    pair.negotiate().get(20s);
    ASSERT_TRUE(open.wait());
    const auto ice = pair.offerer.sctp()->transport()->iceTransport();
    for (const auto& parameters : {ice->getLocalParameters(), ice->getRemoteParameters()})
      secrets.push_back(parameters->password);
    // What goes wrong is told, too.
    const std::string ufrag = ice->getRemoteParameters()->usernameFragment;
    EXPECT_THROW(pair.offerer.addIceCandidate({"candidate:nonsense " + secrets.back(), "0"}).get(10s), OperationError);
    EXPECT_NO_THROW(pair.offerer.addIceCandidate({"candidate:1 1 tcp 1 192.0.2.1 9 typ host", "0"}).get(10s));
    EXPECT_THROW(pair.offerer.setRemoteDescription({RTCSdpType::Offer, "a=ice-pwd:" + secrets.back()}).get(10s),
                 RTCError);
  }
  const std::string text = log.text();
  EXPECT_THAT(text, HasSubstr("a=ice-pwd:"));  // the descriptions are there, without their passwords
  EXPECT_THAT(text, HasSubstr("dtls connected"));
  for (const std::string& secret : secrets) EXPECT_THAT(text, Not(HasSubstr(secret)));
  const std::string pem = certificate.to_pem();
  const std::size_t key = pem.find("-----BEGIN PRIVATE KEY-----\n");
  ASSERT_NE(key, std::string::npos);
  EXPECT_THAT(text, Not(HasSubstr(pem.substr(key + 28, 40))));
  EXPECT_THAT(text, Not(HasSubstr("PRIVATE KEY")));
}

}  // namespace
}  // namespace parley
