#pragma once

#include <string>

#include "dtls/context.hpp"
#include "dtls/datagram_bio.hpp"
#include "dtls/retransmission.hpp"
#include "dtls/transport.hpp"

namespace parley::dtls {

/// What is behind a Transport. Its owner may let go of it while one of its methods runs (the handler destroys the
/// transport): then it stays until that method ends, and says nothing more.
class Transport::Association final : private DatagramPort, private HandshakeObserver {
 public:
  /// What is known once connected, and stays known.
  struct Facts {
    std::vector<Bytes> remote_certificates;
    std::uint16_t version = 0;
    std::string_view cipher;
    std::optional<SrtpProfile> srtp;
  };

  Association(std::shared_ptr<const Certificate> certificate, Handler& handler, const Config& config);
  /// In place of delete.
  void retire();

  void start(Role role, std::vector<Fingerprint> remote, TimePoint now);
  void receive(ByteView datagram, TimePoint now);
  bool send(ByteView data);
  void close();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  void advance(TimePoint now);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::optional<Role> role() const { return role_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

 private:
  /// Around every method that may call the handler.
  class Running {
   public:
    explicit Running(Association& self) : self_(self) { ++self_.depth_; }
    ~Running() {
      if (--self_.depth_ == 0 && self_.handler_ == nullptr) delete &self_;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Association& self_;
  };
  /// What verify() found; Unseen until it is asked.
  enum class Rejection { Unseen, None, WeakKey, Fingerprint };

  // Called by OpenSSL.
  void write_datagram(ByteView datagram) noexcept override;
  void set_timer(timeval& time) noexcept override { retransmission_.set(time, now_); }
  bool verify(const STACK_OF(X509) * chain) noexcept override;
  void alert_received(unsigned code) noexcept override { alerts_.receivedAlert = code; }
  void alert_sent(unsigned code) noexcept override { alerts_.sentAlert = code; }
  static unsigned timer_duration(SSL* ssl, unsigned previous) noexcept;

  bool make_ssl();
  /// Runs a call into OpenSSL that may call us back: its result if positive, else the SSL_ERROR_… code, negated.
  template <class Call>
  int run(Call call) {
    if (ERR_peek_error() != 0) ERR_clear_error();  // what others left would be taken for this call's failure
    in_openssl_ = true;
    int result = call(ssl_.get());
    if (result <= 0) result = -SSL_get_error(ssl_.get(), result);
    in_openssl_ = false;
    if (close_wanted_) shut_down();
    return result;
  }
  void keep_early(ByteView datagram);
  void handshake();
  void read_records();
  void settle(int result);
  void connected();
  void shut_down();
  void become(State final_state);
  void fail(RTCErrorInit detail, std::string message);
  void fail_with_openssl();
  void release_buffers();
  void restore_buffers();

  /// The record buffers (34 KiB) of a connection that has been silent for this long are given back.
  static constexpr Duration kIdle = 3s;

  const std::shared_ptr<const Certificate> certificate_;
  const Config config_;
  Handler* handler_;  // null when retired
  OwnedSsl ssl_;
  State state_ = State::New;
  std::optional<Role> role_;
  std::vector<Fingerprint> remote_fingerprints_;
  std::vector<Bytes> early_;
  std::vector<Bytes> presented_;  // the peer's certificates, as verify() saw them
  Facts facts_;

  TimePoint now_{};  // of the running method
  Retransmission retransmission_;
  std::optional<TimePoint> give_up_at_;  // while connecting
  std::optional<TimePoint> idle_at_;     // while connected and the record buffers are there

  int depth_ = 0;  // of our methods in each other
  bool in_openssl_ = false, close_wanted_ = false;
  bool used_ = false;  // since idle_at_ was set
  Rejection rejection_ = Rejection::Unseen;
  RTCErrorInit alerts_{RTCErrorDetailType::DtlsFailure};
};

}  // namespace parley::dtls
