#pragma once

#include <memory>
#include <optional>

#include "base/result.hpp"
#include "support/endpoint.hpp"
#include "support/link_direction.hpp"

namespace parley::test {

struct LinkEmulatorConfig {
  /// Where side A sends what is meant for side B. Port 0 takes a free one.
  Endpoint face_to_a = *Endpoint::from("127.0.0.1", 0);
  /// Where side B sends what is meant for side A.
  Endpoint face_to_b = *Endpoint::from("127.0.0.1", 0);
  LinkRules a_to_b;
  LinkRules b_to_a;
};

/// A UDP link between two programs on this machine, on a thread of its own: A —face_to_a [link] face_to_b— B.
///
/// Each side is told the other's face as the other's address. For ICE that means: give A the candidates of B moved to
/// face_to_a() and B the candidates of A moved to face_to_b() (see candidate_rewrite.hpp), and tell the emulator where
/// the originals led with set_a() and set_b(). A side that was not set is learned from its first packet.
///
/// All members may be called on any thread. The destructor ends the link; packets under way are gone.
class LinkEmulator {
 public:
  struct Counters {
    LinkCounters a_to_b;
    LinkCounters b_to_a;
    /// Dropped by the kernel before the link saw them: not zero means the machine, not the rules, lost packets.
    std::uint64_t kernel_drops = 0;
  };

  static Result<std::unique_ptr<LinkEmulator>> start(const LinkEmulatorConfig& config);
  ~LinkEmulator();

  [[nodiscard]] Endpoint face_to_a() const;
  [[nodiscard]] Endpoint face_to_b() const;
  void set_a(const Endpoint& at);
  void set_b(const Endpoint& at);
  /// For packets from now on: an outage is loss = 1.
  void set_rules(const LinkRules& a_to_b, const LinkRules& b_to_a);
  [[nodiscard]] Counters counters() const;

 private:
  class Relay;
  explicit LinkEmulator(std::unique_ptr<Relay> relay);
  std::unique_ptr<Relay> relay_;
};

}  // namespace parley::test
