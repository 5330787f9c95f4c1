#include "media/shares.hpp"

#include <gmock/gmock.h>

#include <map>

namespace parley::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr SectionKey kSound{1}, kOne{2}, kOther{3}, kThird{4};

struct Division : testing::Test {
  static Section video(SectionKey key, Importance importance = Importance::Low,
                       std::optional<double> most = std::nullopt) {
    return {.key = key,
            .kind = Kind::Video,
            .mid = "v",
            .receive_formats = {},
            .receive_extensions = {},
            .announced = {},
            .sends = true,
            .send_formats = {},
            .send_extensions = {},
            .encodings = {Encoding{.rid = "", .importance = importance, .most = most}}};
  }
  static Section sound() {
    Section section = video(kSound);
    section.kind = Kind::Audio;
    return section;
  }
  /// Who is told something, and what all have been told.
  std::vector<std::pair<std::uint32_t, double>> divide(double total) {
    std::vector<std::pair<std::uint32_t, double>> changed;
    for (const auto& [section, rate] : shares.divide(total, now)) {
      changed.emplace_back(section.get(), rate);
      told[section] = rate;
    }
    return changed;
  }
  /// Each of these sends at a rate.
  void run(Duration length, const std::map<SectionKey, double>& rates, double total = 3e6) {
    for (const TimePoint end = now + length; now < end; now += 20ms) {
      for (const auto& [section, rate] : rates)
        if (shares.sent(section, static_cast<std::size_t>(rate / 8 / 50), now)) divide(total);
      if (now.time_since_epoch() % 100ms == Duration::zero()) divide(total);
    }
  }

  Shares shares;
  TimePoint now{50s};
  std::map<SectionKey, double> told;
};

TEST_F(Division, IsByImportance) {
  shares.set_senders({video(kOne), video(kOther, Importance::High), video(kThird, Importance::VeryLow)});
  EXPECT_THAT(divide(1.1e6), ElementsAre(Pair(2, 2e5), Pair(3, 8e5), Pair(4, 1e5)));
  EXPECT_THAT(divide(1.1e6), IsEmpty()) << "once";
}

TEST_F(Division, IsOfWhatSoundLeaves) {
  shares.set_senders({sound(), video(kOne)});
  EXPECT_THAT(divide(1e6), ElementsAre(Pair(2, 950'000)));
  EXPECT_THAT(divide(4e4), ElementsAre(Pair(2, 1e4))) << "a quarter at least";
  run(3s, {{kOne, 1e6}}, 1e6);
  EXPECT_EQ(told[kOne], 1e6) << "there is no sound";
  run(20ms, {{kSound, 3e4}}, 1e6);
  EXPECT_EQ(told[kOne], 950'000);
}

TEST_F(Division, GivesNobodyMoreThanItMaySend) {
  shares.set_senders({video(kOne, Importance::Low, 1e5), video(kOther), video(kThird, Importance::Low, 4e5)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(2, 1e5), Pair(3, 4e5), Pair(4, 4e5)));
  EXPECT_THAT(divide(3e6), ElementsAre(Pair(3, 2.5e6)));
}

/// The total is the same all the time.
TEST_F(Division, IsToldAnewWhenSendersChange) {
  shares.set_senders({video(kOne)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(2, 9e5)));
  shares.set_senders({video(kOne), video(kOther)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(2, 4.5e5), Pair(3, 4.5e5))) << "one comes";
  shares.set_senders({video(kOne, Importance::Medium), video(kOther)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(2, 6e5), Pair(3, 3e5))) << "more important";
  shares.set_senders({video(kOne, Importance::Medium, 2e5), video(kOther)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(2, 2e5), Pair(3, 7e5))) << "limited";
  Section paused = video(kOne, Importance::Medium);
  paused.encodings[0].active = false;
  shares.set_senders({paused, video(kOther)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(3, 9e5))) << "paused";
  shares.set_senders({video(kOne), video(kOther)});
  EXPECT_THAT(divide(9e5), UnorderedElementsAre(Pair(2, 4.5e5), Pair(3, 4.5e5))) << "active again";
  Section stopped = video(kOne);
  stopped.sends = false;
  shares.set_senders({stopped, video(kOther)});
  EXPECT_THAT(divide(9e5), ElementsAre(Pair(3, 9e5))) << "stopped";
}

TEST_F(Division, WhatSomebodyDoesNotUseOthersHave) {
  shares.set_senders({video(kOne), video(kOther), video(kThird)});
  run(1s, {{kOne, 1e6}, {kOther, 1e6}, {kThird, 1e5}});
  EXPECT_EQ(told[kOne], 1e6) << "a moment is nothing";
  run(3s, {{kOne, 1e6}, {kOther, 1e6}, {kThird, 1e5}});
  EXPECT_NEAR(told[kOne], 1.43e6, 2e4);
  EXPECT_EQ(told[kOne], told[kOther]);
  EXPECT_EQ(told[kThird], 1e6) << "it need not ask";
}

TEST_F(Division, WhoeverBeginsAgainHasItsShareAtOnce) {
  shares.set_senders({video(kOne), video(kOther)});
  run(4s, {{kOne, 3e6}});
  EXPECT_NEAR(told[kOne], 3e6, 1e4);
  run(40ms, {{kOne, 3e6}, {kOther, 1.5e6}});
  EXPECT_EQ(told[kOne], 1.5e6);
  EXPECT_EQ(told[kOther], 1.5e6);
  run(5s, {{kOne, 1.5e6}, {kOther, 1.5e6}});
  EXPECT_EQ(told[kOne], 1.5e6);
}

TEST_F(Division, AmongWhoeverSendsNothingIsAsIfTheyDid) {
  shares.set_senders({video(kOne), video(kOther)});
  run(10s, {});
  EXPECT_EQ(told[kOne], 1.5e6);
  EXPECT_EQ(told[kOther], 1.5e6);
}

/// A share that shrinks is not more than there is.
TEST_F(Division, NeverGivesMoreThanThereIs) {
  shares.set_senders({video(kOne), video(kOther)});
  run(4s, {{kOne, 2e6}, {kOther, 5e5}});
  divide(1e5);
  EXPECT_GE(told[kOne], 5e4);
  EXPECT_LE(told[kOne], 1e5);
}

TEST_F(Division, OfNobodyIsNothing) {
  EXPECT_THAT(divide(1e6), IsEmpty());
  EXPECT_FALSE(shares.sent(kOne, 100, now));
  EXPECT_EQ(shares.sent_rate(now), 0);
}

TEST_F(Division, CountsWhatIsSent) {
  shares.set_senders({sound(), video(kOne)});
  run(2s, {{kSound, 4e4}, {kOne, 1e6}});
  EXPECT_NEAR(shares.sent_rate(now), 1.04e6, 3e4);
}

}  // namespace
}  // namespace parley::media
