#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>

#include "parley/signaling_channel.hpp"

namespace parley {

/// The inside of a signaling channel. Shared with queued tasks and sinks, which may outlive the channel.
struct SignalingChannel::Core {
  Core(std::shared_ptr<EventLoop> event_loop, std::shared_ptr<SignalingChannelEvents::Lists> listeners)
      : loop(std::move(event_loop)), lists(std::move(listeners)) {}

  /// Fires what has happened and has a handler. Loop thread.
  void deliver();

  struct Waiting {
    nlohmann::json message;
    std::size_t bytes;
  };
  const std::shared_ptr<EventLoop> loop;
  const std::shared_ptr<SignalingChannelEvents::Lists> lists;
  std::atomic<State> state = State::Connecting;
  std::atomic<std::size_t> waiting_bytes = 0;  // of messages and errors on their way to a handler
  std::atomic<bool> overflowing = false;

  // What waits for a handler. Loop thread.
  static constexpr std::size_t kMaxErrors = 8;
  bool open_waits = false;
  std::deque<SignalingErrorEvent> errors;
  std::deque<Waiting> messages;
  bool close_waits = false;  // also for the last of `messages`

 private:
  void deliver_errors();
  void deliver_messages();
  void deliver_close();
  [[nodiscard]] bool nobody_listens() const;
};

}  // namespace parley
