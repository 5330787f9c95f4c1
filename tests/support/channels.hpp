#pragma once

#include <memory>
#include <utility>

#include "support/pair.hpp"

namespace parley::test {

/// A connected pair with one channel that both ends have.
struct Channels : Pair {
  explicit Channels(const RTCDataChannelInit& init = {}, RTCConfiguration first = test::on_loopback(),
                    RTCConfiguration second = test::on_loopback())
      : Pair(std::move(first), std::move(second)) {
    answerer.ondatachannel = [this](const RTCDataChannelEvent& event) {
      far = event.channel;
      announced.set();
    };
    near = offerer.createDataChannel("channel", init);
    near->onopen = [this] { open.set(); };
    negotiate().get(20s);
    connected = open.wait() && announced.wait();
  }
  ~Channels() {
    offerer.close();
    answerer.close();
  }
  std::shared_ptr<RTCDataChannel> near, far;
  Latch open, announced;
  bool connected = false;
};

}  // namespace parley::test
