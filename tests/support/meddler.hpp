#pragma once

#include <functional>
#include <memory>

#include "base/bytes.hpp"
#include "parley/parley.hpp"
#include "support/endpoint.hpp"

namespace parley::test {

/// Someone on the path between two peers who sees every datagram and decides what becomes of it:
/// A —face_to_a [meddler] face_to_b— B. Like the link emulator, but for malice instead of bad luck.
///
/// The members may be called on any thread, `set_rule` and `inject` also from inside a rule.
class Meddler {
 public:
  enum class Way { ToA, ToB };
  /// Sends a datagram on, as if it came from the other side.
  using Emit = std::function<void(ByteView datagram)>;
  /// Called on the meddler's thread for every datagram; what is not emitted is gone.
  using Rule = std::function<void(Way way, ByteView datagram, const Emit& emit)>;

  Meddler();
  ~Meddler();
  Meddler(const Meddler&) = delete;
  Meddler& operator=(const Meddler&) = delete;

  [[nodiscard]] Endpoint face_to_a() const;
  [[nodiscard]] Endpoint face_to_b() const;
  void set_a(const Endpoint& at);
  void set_b(const Endpoint& at);
  /// For datagrams from now on. Initially everything passes.
  void set_rule(Rule rule);
  /// Nothing passes any more.
  void cut();
  void inject(Way way, ByteView datagram);

 private:
  class Path;
  std::unique_ptr<Path> path_;
};

/// Datagrams that belong to DTLS (RFC 7983 section 7), and which content they begin with (RFC 6347 section 4.1).
inline bool is_dtls(ByteView datagram) { return !datagram.empty() && datagram[0] >= 20 && datagram[0] <= 63; }
inline constexpr std::uint8_t kAlert = 21, kHandshake = 22, kApplicationData = 23;
inline bool begins_with(std::uint8_t content, ByteView datagram) { return !datagram.empty() && datagram[0] == content; }

/// The whole negotiation with complete descriptions, in which each side is told the meddler's address as the other's.
/// `a` offers. Both have their candidates on 127.0.0.1 only.
Promise<void> negotiate_through(Meddler& meddler, RTCPeerConnection& a, RTCPeerConnection& b);

/// Settles when all candidates have been gathered (which must have begun).
Promise<void> gathered(RTCPeerConnection& pc);

}  // namespace parley::test
