#include "session/network_path.hpp"

#include <gtest/gtest.h>

namespace parley::session {
namespace {

using ice::CandidateType;

ice::Candidate candidate(std::string address, std::uint16_t port, CandidateType type = CandidateType::Host,
                         std::optional<std::string> related = std::nullopt) {
  return {.foundation = "1", .address = std::move(address), .port = port, .type = type, .related_address = related};
}

TEST(NetworkPath, StaysTheSameWhenPortsChange) {
  EXPECT_EQ(path_of({candidate("10.0.0.1", 1000), candidate("10.0.0.2", 2000)}),
            path_of({candidate("10.0.0.1", 1001), candidate("10.0.0.2", 2001, CandidateType::Prflx)}));
}

/// A router that gives another address, as after it has begun anew.
TEST(NetworkPath, IsThatOfOurOwnInterface) {
  const ice::Candidate remote = candidate("192.0.2.9", 2000);
  EXPECT_EQ(path_of({candidate("192.0.2.1", 1000, CandidateType::Srflx, "10.0.0.1"), remote}),
            path_of({candidate("10.0.0.1", 1000), remote}));
}

TEST(NetworkPath, ChangesWithTheNetworkAtEitherEnd) {
  const ice::Candidate local = candidate("10.0.0.1", 1000), remote = candidate("192.0.2.9", 2000);
  EXPECT_NE(path_of({local, remote}), path_of({candidate("10.1.0.1", 1000), remote}));
  EXPECT_NE(path_of({local, remote}), path_of({local, candidate("192.0.2.10", 2000)}));
}

TEST(NetworkPath, ChangesWhenARelayComesBetween) {
  const ice::Candidate local = candidate("10.0.0.1", 1000), remote = candidate("192.0.2.9", 2000);
  const ice::Candidate relay = candidate("192.0.2.9", 2000, CandidateType::Relay, "10.0.0.1");
  EXPECT_NE(path_of({local, remote}), path_of({relay, remote}));
  EXPECT_NE(path_of({local, remote}), path_of({local, relay}));
}

}  // namespace
}  // namespace parley::session
