// Which descriptions continue the DTLS association in use, and which begin another: RFC 8842, and what browsers do.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "unit/jsep/media_peer.hpp"

namespace parley::jsep {
namespace {

/// Alice with audio stopped before video, and a peer that will offer audio in its place, as a browser does.
struct Moving {
  MediaPeer alice{"A"}, browser{"B"};
  Moving() {
    const TransceiverId audio = alice.add_audio();
    alice.add_video();
    alice.set_remote(SdpType::Answer, without_tls_id(browser.reply(alice.set_offer())));
    alice.stop_at(audio);
    alice.set_remote(SdpType::Answer, without_tls_id(browser.reply(alice.set_offer())));
    browser.add_audio();
  }

  /// The new section takes the first place, and describes what carries all.
  std::string offer(bool new_credentials) {
    sdp::Description offer = read(without_tls_id(browser.set_offer(new_credentials)));
    EXPECT_EQ(offer.media.at(0).mid, "2");
    offer.groups.at(0).mids = {"2", "1"};
    return sdp::print(offer);
  }

  [[nodiscard]] const Transport& transport() const { return alice.snapshot.now.transports.at(0); }
};

TEST(Association, BeginsAnewWhereABrowserMovesEverythingToANewSection) {
  Moving moving;
  const Transport before = moving.transport();
  moving.alice.set_remote(SdpType::Offer, moving.offer(true));
  const auto answer = read(moving.alice.set_answer());
  ASSERT_EQ(moving.alice.snapshot.now.transports.size(), 1u);
  const Transport& after = moving.transport();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.mids, (std::vector<std::string>{"2", "1"}));
  EXPECT_NE(after.generations.at(0).local, before.generations.at(0).local);
  EXPECT_NE(after.dtls->local_tls_id, before.dtls->local_tls_id);
  EXPECT_EQ(answer.media.at(0).setup, sdp::Setup::Active);
  ASSERT_EQ(moving.alice.last.start_dtls.size(), 1u);
  EXPECT_EQ(moving.alice.last.start_dtls[0].dtls.role, DtlsRole::Client);
}

TEST(Association, GoesOnWhereTheNewSectionHasTheCredentialsInUse) {
  Moving moving;
  const Transport before = moving.transport();
  moving.alice.set_remote(SdpType::Offer, moving.offer(false));
  moving.alice.set_answer();
  EXPECT_EQ(moving.transport().dtls, before.dtls);
  EXPECT_EQ(moving.transport().generations, before.generations);
  EXPECT_TRUE(moving.alice.last.start_dtls.empty());
}

TEST(Association, BeginsOnceThoughAProvisionalAnswerComesFirst) {
  Moving moving;
  moving.alice.set_remote(SdpType::Offer, moving.offer(true));
  moving.alice.set_answer(SdpType::Pranswer);
  EXPECT_EQ(moving.alice.last.start_dtls.size(), 1u);
  const auto dtls = moving.transport().dtls;
  moving.alice.set_answer();
  EXPECT_TRUE(moving.alice.last.start_dtls.empty());
  EXPECT_EQ(moving.transport().dtls, dtls);
}

TEST(Association, GoesOnAcrossAnIceRestartOfTheSameSections) {
  Moving moving;
  const Transport before = moving.transport();
  moving.alice.set_remote(SdpType::Answer, without_tls_id(moving.browser.reply(moving.alice.set_offer(true))));
  EXPECT_EQ(moving.transport().dtls, before.dtls);
  EXPECT_TRUE(moving.alice.last.start_dtls.empty());
}

}  // namespace
}  // namespace parley::jsep
