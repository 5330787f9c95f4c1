#include <gtest/gtest.h>

#include <functional>

#include "unit/jsep/peer.hpp"

namespace parley::jsep::refusal_test {
namespace {

constexpr SdpType kDescriptions[] = {SdpType::Offer, SdpType::Pranswer, SdpType::Answer};

/// A peer in each state, and what its other side says there.
struct Scene {
  Peer alice{"A"}, bob{"B"};
  std::string offer, answer;

  explicit Scene(SignalingState state) {
    negotiate(alice, bob);
    offer = bob.offer();
    if (state == SignalingState::HaveLocalOffer || state == SignalingState::HaveRemotePranswer) {
      const std::string ours = alice.offer();
      alice.set_local(SdpType::Offer, ours);
      bob.set_remote(SdpType::Offer, ours);
      answer = bob.answer();
      if (state == SignalingState::HaveRemotePranswer) alice.set_remote(SdpType::Pranswer, answer);
    }
    if (state == SignalingState::HaveRemoteOffer || state == SignalingState::HaveLocalPranswer) {
      bob.set_local(SdpType::Offer, offer);
      alice.set_remote(SdpType::Offer, offer);
      answer = alice.answer();
      if (state == SignalingState::HaveLocalPranswer) alice.set_local(SdpType::Pranswer, answer);
    }
    if (state == SignalingState::Closed) alice.snapshot.state = SignalingState::Closed;
  }
};

TEST(Refusal, OfWhatTheStateDoesNotAllow) {
  for (const SignalingState state :
       {SignalingState::Stable, SignalingState::HaveLocalOffer, SignalingState::HaveRemoteOffer,
        SignalingState::HaveLocalPranswer, SignalingState::HaveRemotePranswer, SignalingState::Closed}) {
    Scene scene(state);
    ASSERT_EQ(scene.alice.snapshot.state, state);
    for (const Side side : {Side::Local, Side::Remote})
      for (const SdpType type : {SdpType::Offer, SdpType::Pranswer, SdpType::Answer, SdpType::Rollback}) {
        const std::string& text = type == SdpType::Offer ? scene.offer : scene.answer;
        SCOPED_TRACE(std::string(to_string(state)) + " " + std::string(to_string(side)) + " " +
                     std::string(to_string(type)));
        if (side == Side::Local) {
          // Whatever it is, it was created last.
          scene.alice.snapshot.last_created_offer = CreatedDescription{.sdp = scene.offer};
          scene.alice.snapshot.last_created_answer = CreatedDescription{.sdp = scene.answer};
        }
        if (find_transition(state, side, type)) {
          EXPECT_TRUE(plan(scene.alice.snapshot, side, type, text));
        } else {
          EXPECT_EQ(scene.alice.refusal(side, type, text).kind, ErrorKind::InvalidStateError);
        }
      }
  }
}

TEST(Refusal, OfALocalDescriptionThatWasModified) {
  Peer alice("A"), bob("B");
  for (const SdpType type : kDescriptions)
    EXPECT_EQ(alice.refusal(Side::Local, type, "").kind, ErrorKind::InvalidModificationError);
  const std::string offer = alice.offer();
  EXPECT_EQ(alice.refusal(Side::Local, SdpType::Offer, offer + "a=x\r\n").kind, ErrorKind::InvalidModificationError);
  // An older offer, and an offer for an answer.
  alice.offer();
  EXPECT_EQ(alice.refusal(Side::Local, SdpType::Offer, offer).kind, ErrorKind::InvalidModificationError);
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer = bob.answer();
  EXPECT_EQ(bob.refusal(Side::Local, SdpType::Answer, offer).kind, ErrorKind::InvalidModificationError);
  EXPECT_EQ(bob.refusal(Side::Local, SdpType::Offer, answer).kind, ErrorKind::InvalidModificationError);
  bob.set_local(SdpType::Answer, answer);
}

TEST(Refusal, OfAnAnswerToAnEarlierOffer) {
  Peer alice("A"), bob("B");
  bob.set_remote(SdpType::Offer, alice.offer());
  const std::string answer = bob.answer();
  alice.wishes.data_channel = false;
  bob.set_remote(SdpType::Rollback, "");
  bob.set_remote(SdpType::Offer, alice.offer());
  EXPECT_EQ(bob.refusal(Side::Local, SdpType::Answer, answer).kind, ErrorKind::InvalidAccessError);
}

TEST(Refusal, OfBrokenSyntaxNamesTheLine) {
  Peer alice("A"), bob("B");
  const auto line = [&](const std::string& text) {
    const Error error = bob.refusal(Side::Remote, SdpType::Offer, text);
    EXPECT_EQ(error.kind, ErrorKind::RTCError);
    EXPECT_EQ(error.detail->errorDetail, RTCErrorDetailType::SdpSyntaxError);
    return error.detail->sdpLineNumber;
  };
  EXPECT_EQ(line("hello"), 1);
  EXPECT_EQ(line(""), 1);
  EXPECT_EQ(line(replaced(alice.offer(), "a=setup:actpass", "a=setup:perhaps")), 17);
}

/// What a description says wrongly, and how it is refused.
struct Wrong {
  const char* what;
  const char* from;
  const char* to;
  ErrorKind kind = ErrorKind::InvalidAccessError;
};

constexpr const char* kFingerprint =
    "a=fingerprint:sha-256 "
    "A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0:A0"
    "\r\n";
constexpr const char* kAudio =
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-224 "
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B\r\n";

TEST(Refusal, OfARemoteOfferThatBreaksTheRules) {
  const std::string audio_without_mux = std::string(kAudio) + "m=application";
  const std::string audio_without_rid = std::string(kAudio) + "a=rtcp-mux\r\na=simulcast:recv x\r\nm=application";
  const Wrong wrongs[] = {
      {"no ufrag", "a=ice-ufrag:uA10\r\n", ""},
      {"no password", "a=ice-pwd:pA1000000000000000000000\r\n", ""},
      {"no fingerprint", kFingerprint, ""},
      {"a fingerprint cut short", "sha-256 A0:", "sha-256 "},
      {"only an unknown hash function", "sha-256", "sha-1", ErrorKind::OperationError},
      {"holdconn", "a=setup:actpass", "a=setup:holdconn"},
      {"a mid twice", "m=application", "m=audio 0 RTP/AVP 0\r\na=mid:0\r\nm=application"},
      {"a group of nobody", "BUNDLE 0", "BUNDLE 0 1"},
      {"a mid in two groups", "a=group:BUNDLE 0", "a=group:BUNDLE 0\r\na=group:BUNDLE 0"},
      {"a mid in a group twice", "BUNDLE 0", "BUNDLE 0 0"},
      {"no RTCP mux", "m=application", audio_without_mux.c_str()},
      {"an unknown rid", "m=application", audio_without_rid.c_str()},
  };
  for (const Wrong& wrong : wrongs) {
    Peer alice("A"), bob("B");
    const Error error = bob.refusal(Side::Remote, SdpType::Offer, replaced(alice.offer(), wrong.from, wrong.to));
    EXPECT_EQ(error.kind, wrong.kind) << wrong.what << ": " << error.message;
  }
}

TEST(Refusal, OfARemoteAnswerThatBreaksTheRules) {
  const Wrong wrongs[] = {
      {"a section more", "m=application", "m=audio 0 RTP/AVP 0\r\nm=application"},
      {"another kind", "m=application", "m=audio"},
      {"another protocol", "UDP/DTLS/SCTP", "TCP/DTLS/SCTP"},
      {"another mid", "a=mid:0", "a=mid:1"},
      {"the same without a group", "a=group:BUNDLE 0\r\na=msid-semantic: WMS\r\na=extmap-allow-mixed\r\n", ""},
      {"actpass", "a=setup:active", "a=setup:actpass"},
      {"bundle-only", "a=mid:0", "a=mid:0\r\na=bundle-only"},
      {"no ufrag", "a=ice-ufrag:uB10\r\n", ""},
      {"no password", "a=ice-pwd:pB1000000000000000000000\r\n", ""},
      {"an unknown hash function", "sha-256", "md5", ErrorKind::OperationError},
  };
  for (const Wrong& wrong : wrongs) {
    for (const SdpType type : {SdpType::Pranswer, SdpType::Answer}) {
      Peer alice("A"), bob("B");
      const std::string offer = alice.offer();
      alice.set_local(SdpType::Offer, offer);
      bob.set_remote(SdpType::Offer, offer);
      std::string answer = replaced(bob.answer(), wrong.from, wrong.to);
      if (std::string_view(wrong.what) == "another mid") answer = replaced(answer, "BUNDLE 0", "BUNDLE 1");
      if (std::string_view(wrong.what) == "the same without a group") {
        EXPECT_TRUE(plan(alice.snapshot, Side::Remote, type, answer));
        continue;
      }
      const Error error = alice.refusal(Side::Remote, type, answer);
      EXPECT_EQ(error.kind, wrong.kind) << wrong.what << ": " << error.message;
    }
  }
}

TEST(Refusal, OfAnAnswerThatBundlesWhatWasNotOfferedTogether) {
  Peer alice("A"), bob("B");
  const std::string offer = replaced(alice.offer(), "a=group:BUNDLE 0\r\n", "");
  alice.snapshot.last_created_offer->sdp = offer;
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  const std::string answer = bob.answer();
  EXPECT_TRUE(plan(alice.snapshot, Side::Remote, SdpType::Answer, answer));
  const std::string bundling = replaced(answer, "m=application", "a=group:BUNDLE 0\r\nm=application");
  EXPECT_EQ(alice.refusal(Side::Remote, SdpType::Answer, bundling).kind, ErrorKind::InvalidAccessError);
}

TEST(Refusal, OfALaterOfferThatForgetsOrChangesSections) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string offer = alice.offer();
  const std::string none = offer.substr(0, offer.find("m="));
  const std::string other_mid = replaced(replaced(offer, "a=mid:0", "a=mid:1"), "BUNDLE 0", "BUNDLE 1");
  for (const std::string& wrong :
       {replaced(none, "a=group:BUNDLE 0\r\n", ""), other_mid, replaced(offer, "m=application 9", "m=audio 0")})
    EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, wrong).kind, ErrorKind::InvalidAccessError) << wrong;
}

TEST(Refusal, OfBackToBackOffersAsIfTheFirstHadBeenAnswered) {
  Peer alice("A"), bob("B");
  const std::string offer = alice.offer();
  bob.set_remote(SdpType::Offer, offer);
  const std::string other_mid = replaced(replaced(offer, "a=mid:0", "a=mid:1"), "BUNDLE 0", "BUNDLE 1");
  EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, other_mid).kind, ErrorKind::InvalidAccessError);
  bob.set_remote(SdpType::Offer, alice.offer());
}

TEST(Refusal, OfAnotherAssociationWithoutAnIceRestart) {
  Peer alice("A"), bob("B"), other("C");
  negotiate(alice, bob);
  const std::string offer = alice.offer(), restart = alice.offer(true);
  for (const std::string& text : {offer, restart}) {
    const std::string fingerprint = replaced(text, alice.fingerprint(), other.fingerprint());
    const std::string tls_id = replaced(text, "a=tls-id:A", "a=tls-id:C");
    for (const std::string& changed : {fingerprint, tls_id}) {
      if (text == restart) {
        EXPECT_TRUE(plan(bob.snapshot, Side::Remote, SdpType::Offer, changed));
      } else {
        EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, changed).kind, ErrorKind::InvalidAccessError);
      }
    }
  }
  alice.set_local(SdpType::Offer, alice.offer());
  bob.set_remote(SdpType::Offer, alice.snapshot.pending_local->sdp);
  const std::string answer = bob.answer();
  EXPECT_TRUE(plan(alice.snapshot, Side::Remote, SdpType::Answer, answer));
  for (const std::string& changed :
       {replaced(answer, bob.fingerprint(), other.fingerprint()), replaced(answer, "a=tls-id:B", "a=tls-id:C")})
    EXPECT_EQ(alice.refusal(Side::Remote, SdpType::Answer, changed).kind, ErrorKind::InvalidAccessError);
}

TEST(Refusal, OfOtherRolesInAnAssociationThatGoesOn) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string offer = alice.offer();
  // Alice was passive.
  EXPECT_TRUE(plan(bob.snapshot, Side::Remote, SdpType::Offer, replaced(offer, "setup:actpass", "setup:passive")));
  EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, replaced(offer, "setup:actpass", "setup:active")).kind,
            ErrorKind::InvalidAccessError);
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  const std::string other_roles = replaced(bob.answer(), "setup:active", "setup:passive");
  EXPECT_EQ(alice.refusal(Side::Remote, SdpType::Answer, other_roles).kind, ErrorKind::InvalidAccessError);
  // Firefox, which has no tls-id, says so and does not mean it.
  const auto at = other_roles.find("a=tls-id:");
  ASSERT_NE(at, std::string::npos);
  const DtlsRole role = alice.snapshot.now.transports.at(0).dtls->role;
  const auto answered = plan(alice.snapshot, Side::Remote, SdpType::Answer,
                             other_roles.substr(0, at) + other_roles.substr(other_roles.find('\n', at) + 1));
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->result.now.transports.at(0).dtls->role, role);
  EXPECT_TRUE(answered->start_dtls.empty());
}

TEST(Refusal, OfAnIceRestartOnOneSideOnly) {
  Peer alice("A"), bob("B");
  negotiate(alice, bob);
  const std::string old_answer = bob.snapshot.current_local->sdp;
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  EXPECT_EQ(alice.refusal(Side::Remote, SdpType::Answer, replaced(old_answer, "a=ice-ufrag:u", "a=ice-ufrag:x")).kind,
            ErrorKind::InvalidAccessError);
  EXPECT_TRUE(plan(alice.snapshot, Side::Remote, SdpType::Answer, old_answer));
  alice.set_local(SdpType::Offer, alice.offer(true));
  EXPECT_EQ(alice.refusal(Side::Remote, SdpType::Answer, old_answer).kind, ErrorKind::InvalidAccessError);
}

TEST(Refusal, OfWhatWouldCostTooMuch) {
  Peer alice("A"), bob("B");
  const std::string offer = alice.offer();
  std::string groups, fingerprints, options = "a=ice-options:trickle";
  for (int i = 0; i < 1025; ++i) groups += "a=group:LS\r\n";
  for (int i = 0; i < 65; ++i) fingerprints += kFingerprint;
  for (int i = 0; i < 64; ++i) options += " x" + std::to_string(i);
  const std::string mid(256, 'm');
  for (const std::string& wrong :
       {replaced(offer, "m=application", groups + "m=application"), replaced(offer, kFingerprint, fingerprints),
        replaced(offer, "m=application", fingerprints + "m=application"),
        replaced(offer, "a=ice-options:trickle", options),
        replaced(replaced(offer, "a=mid:0", "a=mid:" + mid), "BUNDLE 0", "BUNDLE " + mid)})
    EXPECT_EQ(bob.refusal(Side::Remote, SdpType::Offer, wrong).kind, ErrorKind::InvalidAccessError);
}

TEST(Tolerance, OfWhatOtherEndpointsLeaveOut) {
  Peer alice("A"), bob("B");
  std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  for (const std::string line : {"a=tls-id:A1000000000000000000000000000000\r\n", "a=sctp-port:5000\r\n",
                                 "a=max-message-size:262144\r\n", "a=ice-options:trickle\r\n"})
    offer = replaced(offer, line, "");
  bob.set_remote(SdpType::Offer, offer);
  std::string answer = bob.answer();
  bob.set_local(SdpType::Answer, answer);
  EXPECT_EQ(bob.last.start_sctp->remote_port, 5000);
  for (const std::string line :
       {"a=tls-id:B1000000000000000000000000000000\r\n", "a=setup:active\r\n", "a=mid:0\r\n", "a=group:BUNDLE 0\r\n"})
    answer = replaced(answer, line, "");
  alice.set_remote(SdpType::Answer, answer);
  // RFC 4145 section 4.1: passive is the default of an answer.
  EXPECT_EQ(alice.last.start_dtls.at(0).dtls.role, DtlsRole::Client);
  EXPECT_EQ(alice.snapshot.now.sections.at(0).mid, "0");
}

TEST(Tolerance, OfARejectedMidInTheBundleOfAnAnswer) {
  Peer alice("A"), bob("B");
  const std::string offer = alice.offer();
  alice.set_local(SdpType::Offer, offer);
  bob.set_remote(SdpType::Offer, offer);
  alice.set_remote(SdpType::Answer, replaced(bob.answer(), "m=application 9", "m=application 0"));
  EXPECT_FALSE(alice.snapshot.now.data);
}

TEST(Tolerance, OfAnAnswerThatAcceptsAndBundlesWhatTheOfferRejects) {
  for (const SdpType type : {SdpType::Pranswer, SdpType::Answer}) {
    Peer alice("A"), bob("B");
    const std::string rejected = "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:x\r\nm=application";
    const std::string offer = replaced(alice.offer(), "m=application", rejected);
    alice.snapshot.last_created_offer->sdp = offer;
    alice.set_local(SdpType::Offer, offer);
    bob.set_remote(SdpType::Offer, offer);
    const std::string answer = bob.answer();
    const std::string transport = answer.substr(answer.find("a=ice-options"));
    const std::string accepting =
        replaced(replaced(answer, "m=application 0", "m=application 9"), "a=mid:x\r\n", "a=mid:x\r\n" + transport);
    const auto right = plan(alice.snapshot, Side::Remote, type, answer);
    ASSERT_TRUE(right);
    for (const std::string& text :
         {accepting, replaced(accepting, "BUNDLE 0", "BUNDLE 0 x"), replaced(accepting, "BUNDLE 0", "BUNDLE x 0"),
          replaced(accepting, "a=mid:x\r\n", "a=mid:x\r\na=bundle-only\r\n")}) {
      const auto planned = plan(alice.snapshot, Side::Remote, type, text);
      ASSERT_TRUE(planned) << planned.error().message;
      EXPECT_TRUE(planned->result.now == right->result.now);
      EXPECT_TRUE(planned->result.now.sections.at(0).rejected);
      EXPECT_EQ(planned->result.now.transports.at(0).mids, std::vector<std::string>{"0"});
      EXPECT_EQ(planned->result.now.data->mid, "0");
      const auto* remote = remote_description(planned->result);
      EXPECT_EQ(remote->sdp, text);
      EXPECT_EQ(remote->parsed.media.at(0).port, 0);
    }
    // What is another section is refused, as ever.
    for (const std::string& wrong :
         {replaced(accepting, "a=mid:x", "a=mid:y"), replaced(accepting, "m=application 9", "m=audio 9")})
      EXPECT_EQ(alice.refusal(Side::Remote, type, wrong).kind, ErrorKind::InvalidAccessError);
  }
}

}  // namespace
}  // namespace parley::jsep::refusal_test
