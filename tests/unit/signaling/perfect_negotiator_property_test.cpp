// Two programs that change their connections whenever they like, and a way between them that has moods: whatever they
// did, they agree in the end.
#include <gtest/gtest.h>

#include <random>

#include "parley/perfect_negotiator.hpp"
#include "support/changes.hpp"
#include "support/pair.hpp"
#include "support/resources.hpp"
#include "support/seeded_wire.hpp"
#include "unit/signaling/agreement.hpp"
#include "unit/signaling/page.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;
using test::Changes;
using test::SeededWire;

/// Who is at the other end of the way.
enum class Other { Negotiator, PolitePage, ImpolitePage };

class Schedule {
 public:
  Schedule(std::shared_ptr<EventLoop> loop, unsigned seed, Other other)
      : loop_(std::move(loop)), random_(seed), numbered_(other == Other::Negotiator), wire_(make_wire()) {
    const auto politeness = other == Other::PolitePage ? Politeness::Impolite : Politeness::Polite;
    negotiate(one_, 0, politeness, PerfectNegotiatorOptions::Words::Description);
    if (numbered_) {
      negotiate(other_, 1, Politeness::Impolite, PerfectNegotiatorOptions::Words::OfferAnswer);
    } else {
      other_.page.emplace(other_.connection, wire_->end(1), other == Other::PolitePage);
    }
  }

  /// Until nothing has happened for a while.
  Promise<void> run() {
    const unsigned steps = 1 + below(8);
    for (unsigned i = 0; i < steps; ++i) {
      for (Peer* peer : {&one_, &other_})
        for (unsigned n = below(3); n > 0; --n) peer->changes.make_one();
      if (numbered_ && below(10) == 0) co_await cut();
      co_await loop_->delay(std::chrono::microseconds(below(6000)));
    }
    for (int i = 0; i < 2000 && quiet_polls_ < 4; ++i) {
      co_await loop_->delay(5ms);
      quiet_polls_ = is_quiet() ? quiet_polls_ + 1 : 0;
    }
  }
  void check() {
    EXPECT_GE(quiet_polls_, 4);
    EXPECT_EQ(errors_, std::vector<std::string>{});
    EXPECT_EQ(other_.page ? other_.page->errors : std::vector<std::string>{}, std::vector<std::string>{});
    test::expect_agreement(one_.connection, other_.connection);
  }

 private:
  struct Peer {
    Peer(const std::shared_ptr<EventLoop>& loop, unsigned seed)
        : connection(test::on_loopback(loop)), changes(connection, seed) {}
    RTCPeerConnection connection;
    Changes changes;
    std::optional<PerfectNegotiator> negotiator;
    std::optional<test::Page> page;
  };

  void negotiate(Peer& peer, std::size_t end, Politeness politeness, PerfectNegotiatorOptions::Words words) {
    peer.negotiator.emplace(peer.connection, wire_->end(end), politeness, PerfectNegotiatorOptions{.words = words});
    peer.negotiator->onerror = [this](const NegotiationErrorEvent& event) { errors_.push_back(event.message); };
    peer.connection.addEventListener<"negotiationneeded">([this] { quiet_polls_ = 0; });
  }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  /// Nothing comes twice to a page.
  std::shared_ptr<SeededWire> make_wire() {
    return std::make_shared<SeededWire>(loop_, static_cast<unsigned>(random_()),
                                        SeededWire::Rules{.repeated_percent = numbered_ ? 20U : 0U});
  }
  Promise<void> cut() {
    wire_->cut();
    co_await loop_->delay(std::chrono::microseconds(below(3000)));
    wire_ = make_wire();
    const std::size_t first = below(2);  // either may be the first to be back
    peer(first).negotiator->use(wire_->end(first));
    co_await loop_->delay(std::chrono::microseconds(below(3000)));
    peer(1 - first).negotiator->use(wire_->end(1 - first));
  }
  Peer& peer(std::size_t index) { return index == 0 ? one_ : other_; }
  [[nodiscard]] bool is_quiet() const {
    const auto settled = [](const Peer& peer) {
      const auto& pc = peer.connection;
      const auto sections = test::sections_of(pc.localDescription());
      const bool connects = std::ranges::any_of(sections, [](const auto& section) { return !section.rejected; });
      const bool open = std::ranges::all_of(peer.changes.channels(), [](const auto& channel) {
        return channel->readyState() == RTCDataChannelState::Open;
      });
      return open && pc.signalingState() == RTCSignalingState::Stable &&
             (!connects || pc.connectionState() == RTCPeerConnectionState::Connected);
    };
    return wire_->is_quiet() && settled(one_) && settled(other_);
  }

  std::shared_ptr<EventLoop> loop_;
  std::mt19937 random_;
  const bool numbered_;
  std::shared_ptr<SeededWire> wire_;
  std::vector<std::string> errors_;
  int quiet_polls_ = 0;
  Peer one_{loop_, static_cast<unsigned>(random_())}, other_{loop_, static_cast<unsigned>(random_())};
};

/// Many at a time, because most of a schedule is waiting.
void run_schedules(unsigned count, Other other) {
  constexpr unsigned kAtATime = 10;
  const auto loop = EventLoop::create();
  for (unsigned begin = 0; begin < count; begin += kAtATime) {
    std::vector<std::unique_ptr<Schedule>> schedules;
    std::vector<Promise<void>> done;
    const unsigned end = std::min(count, begin + kAtATime);
    for (unsigned seed = begin; seed < end; ++seed)
      loop->run([&] {
        schedules.push_back(std::make_unique<Schedule>(loop, seed, other));
        done.push_back(schedules.back()->run());
      });
    for (unsigned seed = begin; seed < end; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      done[seed - begin].get(60s);
      loop->run([&] { schedules[seed - begin]->check(); });
    }
    loop->run([&] { schedules.clear(); });
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PerfectNegotiatorProperty, PeersAgreeWhateverHappensWhenever) {
  run_schedules(test::kSanitized ? 60 : 1000, Other::Negotiator);
}

TEST(PerfectNegotiatorProperty, AgreesWithAPolitePage) {
  run_schedules(test::kSanitized ? 20 : 200, Other::PolitePage);
}

TEST(PerfectNegotiatorProperty, AgreesWithAnImpolitePage) {
  run_schedules(test::kSanitized ? 20 : 200, Other::ImpolitePage);
}

}  // namespace
}  // namespace parley
