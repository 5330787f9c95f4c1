#include "ice/candidate.hpp"

#include <gtest/gtest.h>

namespace parley::ice {
namespace {

TEST(IceCandidate, ReadsWhatChromiumSends) {
  const auto c = parse_candidate(
      "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag EsAw "
      "network-cost 999");
  ASSERT_TRUE(c);
  EXPECT_EQ(c->foundation, "842163049");
  EXPECT_EQ(c->component, 1U);
  EXPECT_EQ(c->protocol, Protocol::Udp);
  EXPECT_EQ(c->priority, 1677729535U);
  EXPECT_EQ(c->address, "203.0.113.7");
  EXPECT_EQ(c->port, 46154);
  EXPECT_EQ(c->type, CandidateType::Srflx);
  EXPECT_EQ(c->related_address, "0.0.0.0");
  EXPECT_EQ(c->related_port, 0);
  EXPECT_EQ(c->username_fragment, "EsAw");
  EXPECT_EQ(c->extensions,
            (std::vector<std::pair<std::string, std::string>>{{"generation", "0"}, {"network-cost", "999"}}));
}

TEST(IceCandidate, ReadsTcpAndMdnsAndIpv6AndZones) {
  const auto tcp = parse_candidate(
      "a=candidate:1052353102 1 tcp 1518280447 192.168.0.196 9 typ host tcptype active generation 0\r\n");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->protocol, Protocol::Tcp);
  EXPECT_EQ(tcp->tcp_type, TcpType::Active);
  const auto mdns =
      parse_candidate("candidate:0 1 UDP 2122252543 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 62735 typ host");
  ASSERT_TRUE(mdns);
  EXPECT_TRUE(is_mdns_name(mdns->address));
  EXPECT_FALSE(is_mdns_name("192.168.0.1"));
  EXPECT_FALSE(is_mdns_name(".local"));
  const auto six = parse_candidate("candidate:3 1 UDP 2122187007 2001:db8::1 50123 typ host");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->address, "2001:db8::1");
  EXPECT_EQ(parse_candidate("candidate:3 1 udp 1 fe80::1%eth0 5 typ host")->address, "fe80::1%eth0");
}

TEST(IceCandidate, UnknownTransportsTypesAndExtensionsAreKept) {
  const std::string line = "candidate:1 1 quic 5 10.0.0.1 6 typ wormhole x y";
  const auto c = parse_candidate(line);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->protocol, Protocol::Other);
  EXPECT_EQ(c->type, CandidateType::Other);
  EXPECT_EQ(print_candidate(*c), line);
}

TEST(IceCandidate, PrintingAndReadingGiveTheSame) {
  for (const std::string line : {
           "candidate:1 1 udp 2015363327 192.0.2.2 53421 typ host ufrag abcd",
           "candidate:1001 1 udp 1679819007 203.0.113.7 53421 typ srflx raddr 192.0.2.2 rport 53421 ufrag abcd",
           "candidate:3 2 udp 505414655 198.51.100.3 60001 typ relay raddr 0.0.0.0 rport 0",
           "candidate:4 1 tcp 1015022079 2001:db8::2 9 typ host tcptype so generation 0 network-id 3 ufrag a+b/",
           "candidate:a+/Z 256 udp 4294967295 x.local 65535 typ prflx",
       }) {
    const auto c = parse_candidate(line);
    ASSERT_TRUE(c) << line;
    EXPECT_EQ(print_candidate(*c), line);
    EXPECT_EQ(*parse_candidate(print_candidate(*c)), *c);
  }
}

TEST(IceCandidate, ToleratesSpacesAndAnUnpairedExtension) {
  EXPECT_TRUE(parse_candidate("  candidate:1 1  udp 5\t10.0.0.1 6 typ host generation  \r\n"));
  EXPECT_TRUE(parse_candidate("CANDIDATE:1 1 UDP 5 10.0.0.1 6 TYP HOST"));
}

TEST(IceCandidate, RefusesWhatIsNotOne) {
  const std::string good_head = "candidate:1 1 udp 5 10.0.0.1 6";
  for (const std::string& line : {
           std::string(""),
           std::string("candidate:"),
           std::string("a=candidat:1 1 udp 5 10.0.0.1 6 typ host"),
           std::string("candidate:1 1 udp 5 10.0.0.1 6"),
           std::string("candidate:1 1 udp 5 10.0.0.1 6 type host"),
           std::string("candidate:1 0 udp 5 10.0.0.1 6 typ host"),
           std::string("candidate:1 257 udp 5 10.0.0.1 6 typ host"),
           std::string("candidate:1 1 udp 4294967296 10.0.0.1 6 typ host"),
           std::string("candidate:1 1 udp -5 10.0.0.1 6 typ host"),
           std::string("candidate:1 1 udp 5 10.0.0.1 65536 typ host"),
           std::string("candidate:1 1 udp 5 10.0.0.1 6x typ host"),
           "candidate:" + std::string(33, '1') + " 1 udp 5 10.0.0.1 6 typ host",
           good_head + " typ host tcptype sideways",
           good_head + " typ srflx raddr 1.2.3.4 rport 70000",
           good_head + " typ host ufrag a\x01",
           good_head + " typ host x \x7F",
           good_head + " typ ho\rst",
           good_head + " typ host x " + std::string(5000, 'y'),
       }) {
    const auto c = parse_candidate(line);
    ASSERT_FALSE(c) << line;
    EXPECT_EQ(c.error().kind, ErrorKind::OperationError);
  }
}

}  // namespace
}  // namespace parley::ice
