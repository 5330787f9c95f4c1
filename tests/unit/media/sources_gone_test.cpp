// Senders that come and go all the time: what was known of them goes with them.
#include <gtest/gtest.h>

#include "scenarios.hpp"
#include "support/resources.hpp"

namespace parley::media::test::sources_gone_test {
namespace {

class SourcesThatGo : public testing::TestWithParam<bool> {};

TEST_P(SourcesThatGo, LeaveNothingBehind) {
  Call call;
  std::uint32_t next = 1;
  const auto come_and_go = [&](int times) {
    for (int i = 0; i < times; ++i, next += 3) {
      Section section = GetParam() ? told_by_source() : video_section();
      section.key = SectionKey(next);
      const Encoding encoding{.source = Ssrc(next), .retransmission = Ssrc(next + 1), .rid = ""};
      call.left->session.configure({sending(section, {encoding})});
      call.right->session.configure({receiving(section)});
      call.connect();
      for (int k = 0; k < 3; ++k) {
        ASSERT_TRUE(call.left->session.send(section.key, "", frame_of(vp8(k == 0, 500, 1), k == 0), call.now));
        call.run(33ms);
      }
      call.left->session.configure({});
      call.right->session.configure({});
      call.run(200ms);
      for (End* const end : {call.left.get(), call.right.get()}) {
        for (auto* list : {&end->begun, &end->ended}) *list = {};
        end->frames = {};
        end->requests = {};
        end->rates = {};
        end->losses = {};
      }
    }
  };
  constexpr int kTimes = 300;
  come_and_go(100);
  const std::size_t before = parley::test::allocated_bytes();
  come_and_go(kTimes);
  EXPECT_LT(parley::test::allocated_bytes(), before + kTimes * 1024);
}

INSTANTIATE_TEST_SUITE_P(Told, SourcesThatGo, testing::Bool(),
                         [](const auto& info) { return info.param ? "BySource" : "ByNumber"; });

}  // namespace
}  // namespace parley::media::test::sources_gone_test
