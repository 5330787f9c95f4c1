#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/importance.hpp"
#include "dcep/wire.hpp"

namespace parley::dcep {

/// A channel's name within one connection's Channels. Never used again, unlike its stream id.
using ChannelKey = Strong<struct ChannelKeyTag, std::uint64_t>;

/// RTCDataChannelInit with the label, and the facts of a channel that the peer opened.
struct ChannelInit {
  std::string label{};
  std::string protocol{};
  bool ordered = true;
  std::optional<std::uint16_t> max_packet_life_time{};  ///< milliseconds
  std::optional<std::uint16_t> max_retransmits{};
  bool negotiated = false;
  std::optional<StreamId> id{};  ///< used only if negotiated, as in the W3C dictionary
  std::uint16_t priority = 256;  ///< RFC 8831 section 6.4; 256 is "normal"
};

/// The four levels of RFC 8831 section 6.4, and which of them a number of the peer's counts as (webrtc-priority section
/// 3).
constexpr std::uint16_t priority_of(Importance importance) {
  return static_cast<std::uint16_t>(128 * weight(importance));
}
constexpr Importance importance_of(std::uint16_t priority) {
  for (const Importance level : {Importance::VeryLow, Importance::Low, Importance::Medium})
    if (priority <= priority_of(level)) return level;
  return Importance::High;
}

/// RTCDataChannelState.
enum class ChannelState { Connecting, Open, Closing, Closed };

/// The numbers of RTCDataChannelStats. Bytes are payload only.
struct ChannelCounters {
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_received = 0;
};

/// What the wire took of a channel's messages.
struct Taken {
  std::size_t bytes = 0;     // of payload
  std::size_t messages = 0;  // that are complete with them; an empty one has 0 bytes
  std::size_t left = 0;      // bytes that were passed to send() and are still to be taken
};

/// Who is told. Called from inside the functions of Channels, at the time things happen; the observer may call any
/// function of Channels but not destroy it.
class Observer {
 public:
  virtual ~Observer() = default;
  /// The peer opened a channel; `init.id` is set. on_channel_open follows at once, its messages after that.
  virtual void on_channel_announced(ChannelKey key, const ChannelInit& init) = 0;
  /// A channel of ours got its id (those with a negotiated id had it from the start).
  virtual void on_channel_id(ChannelKey key, StreamId id) = 0;
  virtual void on_channel_open(ChannelKey key) = 0;
  /// A whole message. `text`: the bytes are valid UTF-8. Valid during the call.
  virtual void on_channel_message(ChannelKey key, bool text, ByteView message) = 0;
  /// Every byte and every message is reported once, also when send() could pass it on at once (then from inside it).
  virtual void on_channel_taken(ChannelKey key, const Taken& taken) = 0;
  /// The peer began to close the channel. Not called after a close() of our own.
  virtual void on_channel_closing(ChannelKey key) = 0;
  /// The end, after which the key means nothing. With `error`, something went wrong and the end is abrupt, without
  /// on_channel_closing (the W3C error event precedes the close event).
  virtual void on_channel_closed(ChannelKey key, const std::optional<Error>& error) = 0;
};

}  // namespace parley::dcep
