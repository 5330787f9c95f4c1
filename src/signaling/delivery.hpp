#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace parley::signaling {

/// Makes of channels that come and go, and may deliver twice, one stream of messages in order. Each message says in a
/// member of its own, "delivery", who sent it, its number, the oldest message that can still be had, and how far the
/// sender has read; a message with nothing else asks for everything behind that. A peer that says nothing of the kind
/// is believed to hear everything once. Pure: no channel, no time.
class Delivery {
 public:
  /// Messages that nobody has acknowledged; older ones are forgotten.
  static constexpr std::size_t kMaxKept = 1024;

  /// `name`: unlikely to be another one's.
  explicit Delivery(std::string name) : name_(std::move(name)) {}

  /// The message as it is to be sent.
  nlohmann::json wrap(nlohmann::json message);
  /// Everything that may not have arrived, in order, behind a question for what we may have missed.
  std::vector<nlohmann::json> again();

  struct Arrival {
    /// It is the next one, and the program's.
    bool take = false;
    /// To be sent in return.
    std::vector<nlohmann::json> reply;
  };
  Arrival receive(const nlohmann::json& message);

 private:
  struct Kept {
    std::uint64_t number;
    nlohmann::json message;
  };
  [[nodiscard]] nlohmann::json stamp(const Kept& kept) const;
  [[nodiscard]] nlohmann::json question() const;
  [[nodiscard]] std::vector<nlohmann::json> kept() const;
  void forget(std::uint64_t read_by_peer);

  std::string name_;
  std::uint64_t last_number_ = 0;
  std::deque<Kept> kept_;
  std::string peer_;        // empty until it has said its name
  std::uint64_t read_ = 0;  // the peer's last message that we have taken
  bool has_asked_ = false;  // for what is missing before the message after that
};

}  // namespace parley::signaling
