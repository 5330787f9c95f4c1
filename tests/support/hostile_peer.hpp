#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dtls/transport.hpp"
#include "ice/agent.hpp"
#include "parley/parley.hpp"
#include "session/deadline.hpp"

namespace parley::test {

/// A peer that is not what it seems: genuine ICE and DTLS under a session description written by hand, and above that
/// whatever a test sends. On a loop of its own, so that what the attack costs the attacker is not the victim's time.
class HostilePeer final : private ice::Agent::Handler, private dtls::Transport::Handler {
 public:
  struct Options {
    /// What it says about itself…
    std::string setup = "active";
    std::optional<std::string> fingerprint = std::nullopt;
    std::uint64_t max_message_size = 262144;
    /// …and what it is.
    std::shared_ptr<const dtls::Certificate> certificate = nullptr;
    dtls::Role role = dtls::Role::Client;
  };
  /// One decrypted record, on the peer's loop.
  using OnRecord = std::function<void(ByteView record)>;

  HostilePeer() : HostilePeer(Options{}) {}
  explicit HostilePeer(Options options);
  ~HostilePeer() override;
  HostilePeer(const HostilePeer&) = delete;
  HostilePeer& operator=(const HostilePeer&) = delete;

  /// Before answer().
  void on_record(OnRecord take) { on_record_ = std::move(take); }
  void on_connected(std::function<void()> then) { on_connected_ = std::move(then); }
  /// The victim offers, and this peer answers. Settles when the victim has the answer.
  Promise<void> answer(RTCPeerConnection& victim);
  /// This peer's part of that: the session description that answers `offer`.
  std::string describe(const std::string& offer);

  // On the peer's loop.
  bool send_record(ByteView record) { return dtls_ && dtls_->send(record); }
  /// Past DTLS, straight to the victim's port.
  void send_datagram(ByteView datagram);
  [[nodiscard]] dtls::State dtls_state() const { return dtls_ ? dtls_->state() : dtls::State::New; }
  [[nodiscard]] const std::optional<Error>& dtls_error() const { return error_; }

  [[nodiscard]] EventLoop& loop() { return *loop_; }
  /// True as soon as `condition`, asked on the loop, is.
  bool wait(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds(20));
  [[nodiscard]] const ice::Credentials& credentials() const { return credentials_; }

 private:
  void on_ice_candidate(const ice::Candidate&, const ice::CandidateSource&) override {}
  void on_ice_candidate_error(const ice::CandidateError&) override {}
  void on_ice_gathering_complete() override {}
  void on_ice_state(ice::State state) override;
  void on_ice_selected_pair(const ice::Candidate&, const ice::Candidate&) override {}
  void on_ice_packet(ByteView packet) override;
  void on_dtls_packet(ByteView datagram) override { agent_->send(datagram); }
  void on_dtls_connected() override;
  void on_dtls_data(ByteView data) override;
  void on_dtls_closed() override {}
  void on_dtls_failed(const Error& error) override { error_ = error; }

  Options options_;
  std::shared_ptr<EventLoop> loop_ = EventLoop::create();
  OnRecord on_record_;
  std::function<void()> on_connected_;
  ice::Credentials credentials_;
  std::vector<dtls::Fingerprint> remote_fingerprints_;
  std::optional<Error> error_;
  std::unique_ptr<ice::Agent> agent_;
  std::unique_ptr<dtls::Transport> dtls_;
  std::unique_ptr<session::Deadline<dtls::Transport>> deadline_;
};

/// The value of the first line `a=name:value` of a session description.
std::string attribute(const std::string& sdp, const std::string& name);

}  // namespace parley::test
