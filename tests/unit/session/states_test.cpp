#include "session/states.hpp"

#include <gtest/gtest.h>

namespace parley::session {
namespace {

using Dtls = dtls::State;
using Gathering = Transport::Gathering;
using Ice = ice::State;
using Transports = std::vector<TransportStates>;

TEST(States, WithoutTransportsEverythingIsNew) {
  EXPECT_EQ(gathering_state({}), GatheringState::New);
  EXPECT_EQ(ice_connection_state({}), Ice::New);
  EXPECT_EQ(connection_state({}), ConnectionState::New);
}

TEST(States, GatheringIsCompleteWhenAllTransportsAre) {
  const auto state = [](Gathering a, Gathering b) {
    return gathering_state(Transports{{.gathering = a}, {.gathering = b}});
  };
  EXPECT_EQ(state(Gathering::New, Gathering::New), GatheringState::New);
  EXPECT_EQ(state(Gathering::New, Gathering::Complete), GatheringState::New);
  EXPECT_EQ(state(Gathering::Gathering, Gathering::Complete), GatheringState::Gathering);
  EXPECT_EQ(state(Gathering::Complete, Gathering::Complete), GatheringState::Complete);
}

TEST(States, TheWorstIceStateDecides) {
  const auto state = [](Ice a, Ice b) { return ice_connection_state(Transports{{.ice = a}, {.ice = b}}); };
  EXPECT_EQ(state(Ice::Connected, Ice::Failed), Ice::Failed);
  EXPECT_EQ(state(Ice::Disconnected, Ice::Failed), Ice::Failed);
  EXPECT_EQ(state(Ice::Connected, Ice::Disconnected), Ice::Disconnected);
  EXPECT_EQ(state(Ice::New, Ice::Closed), Ice::New);
  EXPECT_EQ(state(Ice::New, Ice::Connected), Ice::Checking);
  EXPECT_EQ(state(Ice::Checking, Ice::Completed), Ice::Checking);
  EXPECT_EQ(state(Ice::Completed, Ice::Closed), Ice::Completed);
  EXPECT_EQ(state(Ice::Completed, Ice::Connected), Ice::Connected);
}

TEST(States, ConnectedNeedsIceAndDtls) {
  const auto state = [](Ice ice, Dtls dtls) { return connection_state(Transports{{.ice = ice, .dtls = dtls}}); };
  EXPECT_EQ(state(Ice::New, Dtls::New), ConnectionState::New);
  EXPECT_EQ(state(Ice::Checking, Dtls::New), ConnectionState::Connecting);
  EXPECT_EQ(state(Ice::Connected, Dtls::New), ConnectionState::Connecting);
  EXPECT_EQ(state(Ice::Connected, Dtls::Connecting), ConnectionState::Connecting);
  EXPECT_EQ(state(Ice::Completed, Dtls::Connected), ConnectionState::Connected);
  EXPECT_EQ(state(Ice::Completed, Dtls::Closed), ConnectionState::Connected);
  EXPECT_EQ(state(Ice::Completed, Dtls::Failed), ConnectionState::Failed);
  EXPECT_EQ(state(Ice::Failed, Dtls::Connected), ConnectionState::Failed);
  EXPECT_EQ(state(Ice::Disconnected, Dtls::Connected), ConnectionState::Disconnected);
}

}  // namespace
}  // namespace parley::session
