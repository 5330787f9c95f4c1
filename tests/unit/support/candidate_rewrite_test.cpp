#include "support/candidate_rewrite.hpp"

#include <gtest/gtest.h>

namespace parley::test {
namespace {

const std::string kHost = "candidate:1 1 UDP 2122260223 192.0.2.7 40001 typ host generation 0 ufrag abcd";
const Endpoint kFace = *Endpoint::from("127.0.0.1", 9);

TEST(CandidateRewrite, FindsWhereAHostCandidateLeads) {
  EXPECT_EQ(host_endpoint(kHost)->to_string(), "192.0.2.7:40001");
  EXPECT_EQ(host_endpoint("a=candidate:1 1 udp 1 2001:db8::1 5 typ host")->to_string(), "[2001:db8::1]:5");
}

TEST(CandidateRewrite, SeesNoEndpointInWhatTheEmulatorCannotReplace) {
  EXPECT_FALSE(host_endpoint("candidate:1 1 TCP 1 192.0.2.7 9 typ host tcptype active"));
  EXPECT_FALSE(host_endpoint("candidate:1 1 UDP 1 192.0.2.7 4 typ srflx raddr 10.0.0.1 rport 4"));
  EXPECT_FALSE(host_endpoint("candidate:1 1 UDP 1 7f3a.local 4 typ host"));
  EXPECT_FALSE(host_endpoint("candidate:1 1 UDP"));
  EXPECT_FALSE(host_endpoint(""));
}

TEST(CandidateRewrite, ChangesAddressAndPortOnly) {
  EXPECT_EQ(move_candidate(kHost, kFace), "candidate:1 1 UDP 2122260223 127.0.0.1 9 typ host generation 0 ufrag abcd");
}

TEST(CandidateRewrite, KeepsOneCandidateInADescription) {
  const std::string other = "candidate:2 1 UDP 1 192.0.2.8 4 typ host";
  const auto moved = move_description("v=0\r\na=" + kHost + "\r\na=" + other + "\r\na=mid:0\r\n", kFace);
  EXPECT_EQ(moved.sdp, "v=0\r\na=" + *move_candidate(kHost, kFace) + "\r\na=mid:0\r\n");
  EXPECT_EQ(moved.from->to_string(), "192.0.2.7:40001");
}

TEST(CandidateRewrite, LeavesADescriptionWithoutCandidatesAsItIs) {
  const auto moved = move_description("v=0\na=mid:0", kFace);
  EXPECT_EQ(moved.sdp, "v=0\na=mid:0");
  EXPECT_FALSE(moved.from);
}

TEST(Endpoint, ParsesWhatItPrints) {
  for (const char* text : {"127.0.0.1:80", "[::1]:65535", "0.0.0.0:0"})
    EXPECT_EQ(Endpoint::parse(text).value().to_string(), text);
  for (const char* text : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "host:1", ":1", "127.0.0.1:1x"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
}

}  // namespace
}  // namespace parley::test
