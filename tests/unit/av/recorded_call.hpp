// A connection whose second side records what the first one sends.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "parley/av/file_recorder.hpp"
#include "support/pair.hpp"

namespace parley::av::test {

template <class F>
auto run(F call) {
  return EventLoop::shared()->run(call).get(std::chrono::seconds(30));
}

/// A connection whose first side sends and whose second records everything.
struct Call {
  explicit Call(const std::string& path, const FileRecorderOptions& options = {}) : recorder(path, options) {
    pair.answerer.ontrack = [this](const RTCTrackEvent& event) { recorder.add(event.track); };
    pair.offerer.onconnectionstatechange = [this] {
      if (pair.offerer.connectionState() == RTCPeerConnectionState::Connected) connected.set();
    };
  }
  void connect() {
    run([this] { return pair.negotiate(); });
    ASSERT_TRUE(connected.wait());
  }
  /// Until the recorder has as many frames of its tracks.
  Promise<bool> has(std::vector<std::uint64_t> frames) {
    const auto loop = EventLoop::shared();
    for (int i = 0; i < 1000; ++i) {
      const Recording now = recorder.so_far();
      bool all = now.tracks.size() == frames.size();
      for (std::size_t k = 0; all && k < frames.size(); ++k) all = now.tracks[k].frames >= frames[k];
      if (all) co_return true;
      co_await loop->delay(std::chrono::milliseconds(10));
    }
    co_return false;
  }

  FileRecorder recorder;
  parley::test::Latch connected;
  parley::test::Pair pair;
};

}  // namespace parley::av::test
