#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "dcep/wire.hpp"

namespace parley::dcep {

/// Messages for streams that have no open channel yet: a negotiated channel that our program has still to create, a new
/// life of a stream whose old one we have not buried, or a peer that does not wait for the order of things.
class Holding {
 public:
  struct Held {
    Ppid ppid;
    Bytes message;
  };
  struct Stream {
    std::vector<Held> messages;
    bool overflowed = false;  ///< more came than could be held, so the stream's data has a hole
  };

  Holding(std::size_t max_messages, std::size_t max_bytes) : max_messages_(max_messages), max_bytes_(max_bytes) {}

  /// False when it did not fit.
  bool add(StreamId stream, Ppid ppid, ByteView message) {
    if (messages_ >= max_messages_ || message.size() > max_bytes_ - bytes_) {
      streams_[stream].overflowed = true;
      return false;
    }
    ++messages_;
    bytes_ += message.size();
    streams_[stream].messages.push_back({ppid, Bytes(message.begin(), message.end())});
    return true;
  }
  /// What is held for the stream, in the order of arrival; no longer held.
  Stream take(StreamId stream) {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return {};
    Stream out = std::move(found->second);
    streams_.erase(found);
    messages_ -= out.messages.size();
    for (const Held& held : out.messages) bytes_ -= held.message.size();
    return out;
  }
  [[nodiscard]] bool has(StreamId stream) const { return streams_.contains(stream); }
  void clear() {
    streams_.clear();
    messages_ = bytes_ = 0;
  }

 private:
  std::size_t max_messages_, max_bytes_;
  std::size_t messages_ = 0, bytes_ = 0;
  std::unordered_map<StreamId, Stream> streams_;
};

}  // namespace parley::dcep
