#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "parley/parley.hpp"

namespace parley::test {

using namespace std::chrono_literals;

/// Something that other threads make true and a test waits for.
class Latch {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] bool wait(std::chrono::milliseconds limit = 20s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return set_; });
  }
  [[nodiscard]] bool is_set() {
    const std::lock_guard lock(mutex_);
    return set_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

inline RTCConfiguration on_loopback(std::shared_ptr<EventLoop> loop = nullptr) {
  RTCConfiguration configuration;
  configuration.network.loop = std::move(loop);
  configuration.network.include_loopback = true;
  configuration.network.interface_filter = [](std::string_view, std::string_view address) {
    return address == "127.0.0.1";
  };
  return configuration;
}

/// Runs a coroutine on the shared loop, where no event comes between its steps, and waits for it.
template <class F>
void run(F call) {
  EventLoop::shared()->run(call).get(20s);
}

/// The transceiver negotiates this codec alone ("video/VP8"), with its retransmissions.
inline void prefer(const std::shared_ptr<RTCRtpTransceiver>& transceiver, std::string_view mime_type) {
  std::vector<RTCRtpCodec> codecs;
  const auto known = RTCRtpSender::getCapabilities(transceiver->receiver()->track()->kind());
  for (const RTCRtpCodec& codec : known->codecs)
    if (codec.mimeType == mime_type || codec.mimeType == "video/rtx") codecs.push_back(codec);
  transceiver->setCodecPreferences(codecs);
}

/// Waits until `holds`, which is asked on the shared loop, is true. False if it is not within 20 seconds.
template <class F>
[[nodiscard]] bool until(F holds) {
  const auto& loop = EventLoop::shared();
  for (const auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;) {
    if (loop->run(holds)) return true;
    loop->delay(1ms).get();
  }
  return false;
}

/// Everything that was posted to the loop before has run, and what that posted.
inline void settle(EventLoop& loop = *EventLoop::shared()) {
  for (int i = 0; i < 20; ++i) loop.run([] {});
}

/// Two connections that trickle their candidates to each other inside the process.
struct Pair {
  explicit Pair(RTCConfiguration first = on_loopback(), RTCConfiguration second = on_loopback())
      : offerer(first), answerer(second) {
    offerer.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) { to_answerer_.tell(event.candidate); };
    answerer.onicecandidate = [this](const RTCPeerConnectionIceEvent& event) { to_offerer_.tell(event.candidate); };
  }
  ~Pair() {
    // Neither may hand candidates to the other while that is being destroyed.
    offerer.close();
    answerer.close();
  }

  Promise<void> negotiate() { return negotiate(offerer, answerer); }
  static Promise<void> negotiate(RTCPeerConnection& from, RTCPeerConnection& to) {
    co_await from.setLocalDescription();
    co_await to.setRemoteDescription(*from.localDescription());
    co_await to.setLocalDescription();
    co_await from.setRemoteDescription(*to.localDescription());
  }

  /// A candidate that is not for the description that is set, or that comes after the end, is not the test's concern.
  static Promise<void> trickle(RTCPeerConnection& to, std::optional<RTCIceCandidate> candidate) {
    try {
      if (candidate) co_await to.addIceCandidate(*candidate);
    } catch (const DOMException&) {
    }
  }

  RTCPeerConnection offerer, answerer;

 private:
  /// Candidates on their way to one of the two, on which those wait that come before the first description. They would
  /// be lost where a test has read the description before they were found, and sets it after.
  class Way {
   public:
    explicit Way(RTCPeerConnection& to) : to_(to) {
      to.addEventListener<"signalingstatechange">([this] {
        const bool described = to_.remoteDescription().has_value();
        pass([&] { described_ = described; });
      });
    }
    void tell(const std::optional<RTCIceCandidate>& candidate) {
      if (candidate) pass([&] { waiting_.push_back(*candidate); });
    }

   private:
    void pass(const std::function<void()>& change) {
      std::vector<RTCIceCandidate> now;
      {
        const std::lock_guard lock(mutex_);
        change();
        if (described_) now.swap(waiting_);
      }
      for (const RTCIceCandidate& candidate : now) (void)trickle(to_, candidate);
    }

    RTCPeerConnection& to_;
    std::mutex mutex_;
    bool described_ = false;
    std::vector<RTCIceCandidate> waiting_;
  };

  Way to_offerer_{offerer}, to_answerer_{answerer};
};

}  // namespace parley::test
