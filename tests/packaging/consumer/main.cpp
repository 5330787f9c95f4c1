// A program that knows the installed library and nothing else: two connections talk to each other.
#include <parley/parley.hpp>

#include <chrono>
#include <cstdio>

using namespace parley;
using namespace std::chrono_literals;

static Promise<void> negotiate(RTCPeerConnection& caller, RTCPeerConnection& callee) {
  co_await caller.setLocalDescription();
  co_await callee.setRemoteDescription(*caller.localDescription());
  co_await callee.setLocalDescription();
  co_await caller.setRemoteDescription(*callee.localDescription());
}

static void trickle(RTCPeerConnection& from, RTCPeerConnection& to) {
  from.onicecandidate = [&to](const RTCPeerConnectionIceEvent& event) -> Promise<void> {
    if (event.candidate) co_await to.addIceCandidate(*event.candidate);
  };
}

int main() try {
  RTCConfiguration configuration;
  configuration.network.include_loopback = true;
  const PromiseResolver<std::string> heard;
  RTCPeerConnection caller(configuration), callee(configuration);
  trickle(caller, callee);
  trickle(callee, caller);
  callee.ondatachannel = [heard](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [heard](const MessageEvent& message) { heard.resolve(std::string(message.text())); };
  };
  const auto channel = caller.createDataChannel("chat");
  channel->onopen = [channel] { channel->send("hello"); };
  negotiate(caller, callee).get(30s);
  const std::string text = heard.promise().get(30s);
  caller.close();
  callee.close();
  std::printf("heard %s\n", text.c_str());
  return text == "hello" ? 0 : 1;
} catch (const DOMException& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
