#include "ice/server_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::ice {
namespace {

using ::testing::HasSubstr;

struct Good {
  const char* url;
  Scheme scheme;
  const char* host;
  std::uint16_t port;
  ServerTransport transport;
};

TEST(IceServerUrl, ReadsTheTablesOfTheRfcs) {
  using enum Scheme;
  using enum ServerTransport;
  for (const Good& good : {
           // RFC 7064 appendix B
           Good{"stun:example.org", Stun, "example.org", 3478, Udp},
           Good{"stun:example.org:8000", Stun, "example.org", 8000, Udp},
           // RFC 7065 appendix B
           Good{"turn:example.org", Turn, "example.org", 3478, Udp},
           Good{"turn:example.org:8000", Turn, "example.org", 8000, Udp},
           Good{"turn:example.org?transport=udp", Turn, "example.org", 3478, Udp},
           Good{"turn:example.org?transport=tcp", Turn, "example.org", 3478, Tcp},
           Good{"turn:example.org:8000?transport=TCP", Turn, "example.org", 8000, Tcp},
           Good{"STUN:192.0.2.1", Stun, "192.0.2.1", 3478, Udp},
           Good{"stun:[::1]:65535", Stun, "::1", 65535, Udp},
           Good{"turn:[2001:db8::1]", Turn, "2001:db8::1", 3478, Udp},
           Good{"stun:example.org:", Stun, "example.org", 3478, Udp},
           Good{"stun:ex%61mple.org", Stun, "example.org", 3478, Udp},
           Good{"stun:_srv-name.example", Stun, "_srv-name.example", 3478, Udp},
       }) {
    const auto url = parse_server_url(good.url);
    ASSERT_TRUE(url) << good.url;
    EXPECT_EQ(url->scheme, good.scheme);
    EXPECT_EQ(url->host, good.host);
    EXPECT_EQ(url->port, good.port);
    EXPECT_EQ(url->transport, good.transport);
    EXPECT_EQ(url->text, good.url);
  }
}

TEST(IceServerUrl, WhatIsNoUrlIsASyntaxError) {
  for (const std::string& url : {
           std::string(""),
           std::string("example.org"),
           std::string("http://example.org"),
           std::string("stun:"),
           std::string("stun://example.org"),
           std::string("stun:example.org/path"),
           std::string("stun:user@example.org"),
           std::string("stun:example.org?transport=udp"),
           std::string("stun:example.org?"),
           std::string("turn:example.org?"),
           std::string("turn:example.org?transport="),
           std::string("turn:example.org?transport=udp&x=1"),
           std::string("turn:example.org?x=udp"),
           std::string("turn:example.org?transport=sctp"),
           std::string("turn:?transport=udp"),
           std::string("stun:example.org:65536"),
           std::string("stun:example.org:0"),
           std::string("stun:example.org:12a"),
           std::string("stun:example.org:-1"),
           std::string("stun:[::1"),
           std::string("stun:[::1]x"),
           std::string("stun:[192.0.2.1]"),
           std::string("stun:::1"),
           std::string("stun:exa mple.org"),
           std::string("stun:example.org#f"),
           std::string("stun:example%2"),
           std::string("stun:example%00.org"),
           "stun:" + std::string(254, 'x'),
       }) {
    const auto parsed = parse_server_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().kind, ErrorKind::SyntaxError) << url;
  }
}

TEST(IceServerUrl, TlsIsRefusedWithTheReasonAndNeverPlainText) {
  for (const std::string url : {"stuns:example.org", "turns:example.org", "turns:example.org:443?transport=tcp"}) {
    const auto parsed = parse_server_url(url);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().kind, ErrorKind::NotSupportedError);
    EXPECT_THAT(parsed.error().message, HasSubstr("TLS"));
  }
  // webrtc-pc asks for the scheme before it looks at the host, but after what no scheme can have.
  EXPECT_EQ(parse_server_url("turns:").error().kind, ErrorKind::NotSupportedError);
  EXPECT_EQ(parse_server_url("turns:example.org/path").error().kind, ErrorKind::SyntaxError);
  EXPECT_EQ(parse_server_url("stuns:example.org?transport=udp").error().kind, ErrorKind::SyntaxError);
}

}  // namespace
}  // namespace parley::ice
