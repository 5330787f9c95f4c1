#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jsep/candidates.hpp"
#include "jsep/create.hpp"
#include "jsep/plan.hpp"

namespace parley::jsep {

/// One side of a negotiation, with nothing behind it. Every secret is made from its name and a counter.
class Peer {
 public:
  explicit Peer(std::string name) : name_(std::move(name)) { snapshot.session_id = 4611731400430051336; }

  Snapshot snapshot;
  Wishes wishes{.data_channel = true};
  std::vector<GatheredCandidates> gathered;
  /// What the last description that was set did.
  Plan last;

  [[nodiscard]] LocalParameters local() {
    LocalParameters parameters{.fingerprints = {{.algorithm = "sha-256", .value = fingerprint()}}, .cname = name_};
    for (std::size_t i = 0; i < fresh_transports_needed(snapshot); ++i) parameters.fresh.push_back(fresh());
    return parameters;
  }

  std::string offer(bool ice_restart = false) {
    auto created =
        create_offer(snapshot, {.local = local(), .wishes = wishes, .gathered = gathered, .ice_restart = ice_restart});
    if (!created) return failed(created.error());
    snapshot = std::move(created->result);
    return created->sdp;
  }

  std::string answer() {
    auto created = create_answer(snapshot, {.local = local(), .wishes = wishes, .gathered = gathered});
    if (!created) return failed(created.error());
    snapshot = std::move(created->result);
    return created->sdp;
  }

  void set(Side side, SdpType type, std::string_view sdp) {
    auto planned = plan(snapshot, side, type, sdp);
    if (!planned) {
      failed(planned.error());
      return;
    }
    last = *std::move(planned);
    snapshot = last.result;
  }

  void set_local(SdpType type, std::string_view sdp) { set(Side::Local, type, sdp); }
  void set_remote(SdpType type, std::string_view sdp) { set(Side::Remote, type, sdp); }

  /// The refusal of a description. Nothing may have come of it.
  Error refusal(Side side, SdpType type, std::string_view sdp) {
    const Snapshot before = snapshot;
    auto planned = plan(snapshot, side, type, sdp);
    EXPECT_TRUE(snapshot == before);
    EXPECT_FALSE(planned.has_value()) << sdp;
    return planned ? Error{.kind = ErrorKind::UnknownError, .message = "not refused"} : planned.error();
  }

  [[nodiscard]] std::string fingerprint() const {
    std::string text;
    for (int i = 0; i < 32; ++i) text += (i ? ":" : "") + std::string(1, name_.front()) + "0";
    return text;
  }

 private:
  FreshTransport fresh() {
    ++secrets_;
    // Zeros follow: the tenth must not look like the first.
    const std::string tag = name_ + std::to_string(secrets_) + (secrets_ < 10 ? "" : "x");
    return {.ice = {.ufrag = "u" + padded(tag, 3), .pwd = "p" + padded(tag, 23)}, .tls_id = padded(tag, 32)};
  }

  static std::string padded(std::string text, std::size_t size) {
    text.resize(std::max(size, text.size()), '0');
    return text;
  }

  static std::string failed(const Error& error) {
    ADD_FAILURE() << error.message;
    return "";
  }

  std::string name_;
  int secrets_ = 0;
};

/// One offer of `from`, answered by `to`.
inline void negotiate(Peer& from, Peer& to, bool ice_restart = false) {
  const std::string offer = from.offer(ice_restart);
  from.set_local(SdpType::Offer, offer);
  to.set_remote(SdpType::Offer, offer);
  const std::string answer = to.answer();
  to.set_local(SdpType::Answer, answer);
  from.set_remote(SdpType::Answer, answer);
}

/// `text` with the first `from` replaced by `to`; fails if there is none.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) {
    ADD_FAILURE() << "no " << from << " in\n" << text;
    return text;
  }
  return text.replace(at, from.size(), to);
}

/// The value of the first line that begins with `start`; empty if there is none.
inline std::string value_after(std::string_view text, std::string_view start) {
  const std::size_t at = text.find("\r\n" + std::string(start));
  if (at == std::string_view::npos) return "";
  const std::size_t from = at + 2 + start.size();
  return std::string(text.substr(from, text.find("\r\n", from) - from));
}

inline bool has_line(std::string_view text, std::string_view line) {
  return text.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

}  // namespace parley::jsep
