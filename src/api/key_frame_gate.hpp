#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>

#include "parley/encoded_frame.hpp"

namespace parley::api {

/// Keeps back the pictures that refer to what nobody has got, by encoding. Who is told so asks the sender for a key
/// frame, with each of them: the request before may have been lost. Any thread.
class KeyFrameGate {
 public:
  /// How many encodings are told apart: the peer names them. Beyond that it is closed for the others again.
  static constexpr std::size_t kMost = 64;

  /// What follows begins with a key frame: of all encodings, or of one.
  void close() {
    const std::lock_guard lock(mutex_);
    all_ = true;
    others_.clear();
    used_ = true;
  }
  void close(const std::string& rid) {
    const std::lock_guard lock(mutex_);
    if (all_) {
      others_.erase(rid);
    } else if (others_.insert(rid).second && others_.size() > kMost) {
      all_ = true;
      others_.clear();
    }
    used_ = true;
  }
  bool passes(const RTCEncodedVideoFrame& frame) {
    if (!used_) return true;
    const std::string& rid = frame.metadata.rid;
    const std::lock_guard lock(mutex_);
    if (frame.type != RTCEncodedVideoFrameType::Key) return others_.contains(rid) == all_;
    if (all_) {
      if (others_.size() >= kMost && !others_.contains(rid)) others_.clear();
      others_.insert(rid);
    } else {
      others_.erase(rid);
    }
    return true;
  }

 private:
  std::atomic<bool> used_ = false;
  std::mutex mutex_;
  bool all_ = false;              // are closed
  std::set<std::string> others_;  // for which it is the other way round
};

}  // namespace parley::api
