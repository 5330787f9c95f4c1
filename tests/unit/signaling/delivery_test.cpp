#include "signaling/delivery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace parley::signaling {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

/// What of `messages` reaches the program, and what is sent in return.
struct Reader {
  explicit Reader(std::string name) : delivery(std::move(name)) {}
  std::vector<json> read(const std::vector<json>& messages) {
    std::vector<json> replies;
    for (const json& message : messages) {
      Delivery::Arrival arrival = delivery.receive(message);
      if (arrival.take) taken.push_back(message.value("say", 0));
      replies.insert(replies.end(), arrival.reply.begin(), arrival.reply.end());
    }
    return replies;
  }
  json say(int what) { return delivery.wrap({{"say", what}}); }
  Delivery delivery;
  std::vector<int> taken;
};

TEST(Delivery, TakesEveryMessageOnce) {
  Reader a("a"), b("b");
  const json first = a.say(1), second = a.say(2), third = a.say(3);
  EXPECT_THAT(b.read({first, first, second, first, second, third, third}), IsEmpty());
  EXPECT_THAT(b.taken, ElementsAre(1, 2, 3));
}

TEST(Delivery, BelievesAPeerWithoutNumbers) {
  Reader b("b");
  for (const json& odd : {json{{"say", 1}}, json{{"say", 1}}, json{{"say", 2}, {"delivery", 7}},
                          json{{"say", 3}, {"delivery", {{"from", ""}}}},
                          json{{"say", 4}, {"delivery", {{"from", std::string(65, 'x')}}}}})
    EXPECT_THAT(b.read({odd}), IsEmpty());
  EXPECT_THAT(b.taken, ElementsAre(1, 1, 2, 3, 4));
  EXPECT_TRUE(b.delivery.receive(json::array({1})).take);
}

TEST(Delivery, SaysAgainWhatMayHaveBeenLost) {
  Reader a("a"), b("b");
  b.read({a.say(1)});
  (void)a.say(2);
  (void)a.say(3);
  a.read({b.say(9)});  // b has read the first
  const auto again = a.delivery.again();
  ASSERT_EQ(again.size(), 3U);  // with the question
  a.read(b.read(again));
  b.read({a.say(4)});
  EXPECT_THAT(b.taken, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(a.taken, ElementsAre(9));
}

TEST(Delivery, AQuestionIsAnsweredWithWhatTheOtherHasMissed) {
  Reader a("a"), b("b");
  b.read({a.say(1)});
  (void)a.say(2);
  const auto replies = a.read(b.delivery.again());
  ASSERT_EQ(replies.size(), 1U);
  b.read(replies);
  EXPECT_THAT(b.taken, ElementsAre(1, 2));
}

TEST(Delivery, AGapIsAskedForOnce) {
  Reader a("a"), b("b");
  b.read({a.say(1)});
  (void)a.say(2);
  const auto question = b.read({a.say(3), a.say(4)});
  ASSERT_EQ(question.size(), 1U);
  b.read(a.read(question));
  EXPECT_THAT(b.taken, ElementsAre(1, 2, 3, 4));
}

TEST(Delivery, WhoComesLateIsToldEverything) {
  Reader a("a"), b("b");
  (void)a.say(1);
  (void)a.say(2);
  b.read(a.read({b.say(9)}));
  EXPECT_THAT(b.taken, ElementsAre(1, 2));
  EXPECT_THAT(a.taken, ElementsAre(9));
}

TEST(Delivery, AnotherPeerBeginsAnew) {
  Reader a("a"), b("b"), c("c");
  b.read({a.say(1), a.say(2)});
  EXPECT_THAT(b.read({c.say(3), c.say(4)}), IsEmpty());
  EXPECT_THAT(b.taken, ElementsAre(1, 2, 3, 4));
}

TEST(Delivery, WhatIsForgottenIsNotWaitedFor) {
  Reader a("a"), b("b");
  for (std::size_t i = 0; i <= Delivery::kMaxKept; ++i) (void)a.say(static_cast<int>(i));
  const auto again = a.delivery.again();
  EXPECT_EQ(again.size(), Delivery::kMaxKept + 1);
  b.read(again);
  ASSERT_EQ(b.taken.size(), Delivery::kMaxKept);
  EXPECT_EQ(b.taken.front(), 1);
}

TEST(Delivery, NumbersOutOfThisWorldDoNoHarm) {
  Reader a("a");
  (void)a.say(1);
  const std::uint64_t most = ~std::uint64_t{0};
  for (const std::uint64_t number : {most, std::uint64_t{0}, std::uint64_t{1}})
    for (const std::uint64_t oldest : {most, std::uint64_t{0}})
      (void)a.delivery.receive({{"delivery", {{"from", "x"}, {"number", number}, {"oldest", oldest}, {"read", most}}}});
  EXPECT_EQ(a.delivery.again().size(), 1U);  // all is acknowledged, the question remains
  (void)a.delivery.receive({{"delivery", {{"from", "x"}, {"number", -1}, {"oldest", "y"}, {"read", nullptr}}}});
}

/// The channel loses what is under way when it is cut, and repeats what it likes otherwise.
TEST(Delivery, EverythingArrivesInOrderOverChannelsThatBreak) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::minstd_rand random(seed);
    Reader peers[2] = {Reader("a"), Reader("b")};
    std::deque<json> way[2];
    int said[2] = {};
    for (int step = 0; step < 300; ++step) {
      const std::size_t from = random() % 2;
      const auto action = random() % 10;
      if (action < 4 && step < 250) {
        way[from].push_back(peers[from].say(++said[from]));
      } else if (action < 8 && !way[from].empty()) {
        const json message = way[from].front();
        way[from].pop_front();
        if (random() % 4 == 0) way[from].insert(way[from].begin() + (way[from].empty() ? 0 : 1), message);
        for (json& reply : peers[1 - from].read({message})) way[1 - from].push_back(std::move(reply));
      } else if (random() % 8 == 0) {
        for (auto& each : way) each.clear();
        for (const std::size_t back : {from, 1 - from})
          for (json& message : peers[back].delivery.again()) way[back].push_back(std::move(message));
      }
    }
    for (auto& each : way) each.clear();
    for (std::size_t back = 0; back < 2; ++back)
      for (json& message : peers[back].delivery.again()) way[back].push_back(std::move(message));
    for (int rounds = 0; rounds < 100000 && !(way[0].empty() && way[1].empty()); ++rounds) {
      const std::size_t from = way[0].empty() ? 1 : 0;
      const json message = way[from].front();
      way[from].pop_front();
      for (json& reply : peers[1 - from].read({message})) way[1 - from].push_back(std::move(reply));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      ASSERT_EQ(peers[1 - i].taken.size(), static_cast<std::size_t>(said[i])) << "seed " << seed;
      for (int n = 0; n < said[i]; ++n) ASSERT_EQ(peers[1 - i].taken[static_cast<std::size_t>(n)], n + 1);
    }
  }
}

}  // namespace
}  // namespace parley::signaling
