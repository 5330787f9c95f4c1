#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "parley/export.hpp"

/// Congestion control of media, for programs that have one of their own. (Not in W3C.)
namespace parley {

/// A packet as it left.
struct CongestionPacket {
  /// Counts all packets that the peer is to tell of.
  std::int64_t number = 0;
  /// Bytes of RTP, without what encryption and the network add.
  std::size_t size = 0;
  /// When it left.
  std::chrono::steady_clock::time_point sent{};
  /// The probe that it belongs to.
  std::optional<std::uint32_t> probe{};
};

/// What became of a packet.
struct CongestionResult {
  /// The packet.
  CongestionPacket packet{};
  /// On the peer's clock, which begins anywhere; absent: it has not arrived, and may yet.
  std::optional<std::chrono::nanoseconds> arrival{};
  /// The network has marked it because of congestion (RFC 3168): with `RTCConfiguration::network.l4s`.
  bool marked = false;
};

/// What one message of the peer tells of single packets (transport-wide-cc or RFC 8888), in the order of sending.
struct CongestionReport {
  /// When the message came.
  std::chrono::steady_clock::time_point received{};
  /// Each packet once, but a lost one may be told of again when it arrives after all.
  std::vector<CongestionResult> packets{};
};

/// A burst at a rate of its own, to see whether it gets through. What media does not fill is padding.
struct CongestionProbe {
  /// Its packets have it.
  std::uint32_t id = 0;
  /// Bits per second.
  double rate = 0;
  /// How much it takes; at most a million.
  std::size_t bytes = 0;
};

/// Decides how much a transport may send: `RTCConfiguration::network.congestion_controller` makes one for each
/// transport that carries media. All calls come on the connection's loop, one after the other; none may call the
/// connection, and none may throw. Rates are bits per second of RTP.
class PARLEY_EXPORT CongestionController {
 public:
  virtual ~CongestionController() = default;
  /// A packet has left that has a number for the peer to tell of it by. Where none has, nothing is paced either.
  virtual void on_sent(const CongestionPacket& packet) noexcept = 0;
  /// The peer tells of some.
  virtual void on_report(const CongestionReport& report) noexcept = 0;
  /// Where it does not tell of single packets: the fraction of packets that one of its reports calls lost, 0 to 1.
  virtual void on_loss(double /*fraction*/, std::chrono::steady_clock::time_point /*now*/) noexcept {}
  /// Smoothed.
  virtual void on_round_trip(std::chrono::nanoseconds /*round_trip*/,
                             std::chrono::steady_clock::time_point /*now*/) noexcept {}
  /// What the peer allows (REMB).
  virtual void on_remote_limit(double /*rate*/, std::chrono::steady_clock::time_point /*now*/) noexcept {}
  /// Time passes: whenever something is sent, and at next_deadline().
  virtual void on_time(std::chrono::steady_clock::time_point /*now*/) noexcept {}

  /// What encoders are told: the tracks' `targetbitrate`, after retransmissions and audio have had their part. Asked
  /// after every call above. At least 1000.
  [[nodiscard]] virtual double target_rate() const noexcept = 0;
  /// How fast packets may follow each other: more than target_rate(), or large frames are late.
  [[nodiscard]] virtual double pacing_rate() const noexcept = 0;
  /// A burst that should be sent now; asked after on_time().
  virtual std::optional<CongestionProbe> probe(std::chrono::steady_clock::time_point /*now*/) noexcept {
    return std::nullopt;
  }
  /// When on_time() is due even if nothing is sent; at most every 5 ms.
  [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> next_deadline() const noexcept {
    return std::nullopt;
  }
};

/// Makes one. Without, or if it returns null, it is the library's own: delay and loss, whichever allows less, with
/// probing (draft-ietf-rmcat-gcc-02).
using CongestionControllerFactory = std::function<std::unique_ptr<CongestionController>()>;

}  // namespace parley
