#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "parley/parley.hpp"

namespace parley::test {

using namespace std::chrono_literals;

/// What happened, in order, one line for each event. Any thread writes and reads.
class Transcript {
 public:
  using Lines = std::vector<std::string>;

  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  [[nodiscard]] bool wait_for(const std::string& line, std::chrono::milliseconds limit = 20s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return std::ranges::find(lines_, line) != lines_.end(); });
  }
  [[nodiscard]] Lines lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  /// Those that begin with one of `starts`, in order.
  [[nodiscard]] Lines only(const Lines& starts) {
    Lines some = lines();
    std::erase_if(some, [&](const std::string& line) {
      return std::ranges::none_of(starts, [&](const std::string& start) { return line.starts_with(start); });
    });
    return some;
  }

  /// Writes down every event of a connection, with the state it brings.
  void follow(RTCPeerConnection& pc) {
    pc.addEventListener<"negotiationneeded">([this] { add("negotiationneeded"); });
    pc.addEventListener<"signalingstatechange">([this, &pc] { state("signaling", pc.signalingState()); });
    pc.addEventListener<"icegatheringstatechange">([this, &pc] { state("gathering", pc.iceGatheringState()); });
    pc.addEventListener<"iceconnectionstatechange">([this, &pc] { state("ice", pc.iceConnectionState()); });
    pc.addEventListener<"connectionstatechange">([this, &pc] { state("connection", pc.connectionState()); });
    pc.addEventListener<"icecandidate">([this](const RTCPeerConnectionIceEvent& event) {
      add(!event.candidate ? "candidate null" : event.candidate->candidate().empty() ? "candidate end" : "candidate");
    });
    pc.addEventListener<"icecandidateerror">(
        [this](const RTCPeerConnectionIceErrorEvent& event) { add("candidateerror " + event.url); });
    pc.addEventListener<"datachannel">([this] { add("datachannel"); });
  }
  /// The same for an SCTP transport and the two below it.
  void follow(const std::shared_ptr<RTCSctpTransport>& sctp) {
    const auto dtls = sctp->transport();
    const auto ice = dtls->iceTransport();
    sctp->addEventListener<"statechange">([this, s = sctp.get()] { state("sctp", s->state()); });
    dtls->addEventListener<"statechange">([this, d = dtls.get()] { state("dtls", d->state()); });
    dtls->addEventListener<"error">([this, d = dtls.get()](const RTCErrorEvent& event) {
      add("dtls error " + std::string(to_string(event.error.errorDetail())) + " in " +
          std::string(to_string(d->state())));
    });
    ice->addEventListener<"statechange">([this, i = ice.get()] { state("icetransport", i->state()); });
    ice->addEventListener<"gatheringstatechange">([this, i = ice.get()] { state("gatherer", i->gatheringState()); });
    ice->addEventListener<"selectedcandidatepairchange">(
        [this, i = ice.get()] { add(std::string("pair in ") + std::string(to_string(i->state()))); });
  }
  void follow(const std::shared_ptr<RTCDataChannel>& channel) {
    channel->addEventListener<"open">([this] { add("channel open"); });
    channel->addEventListener<"message">(
        [this](const MessageEvent& event) { add("channel message " + std::string(event.text())); });
    channel->addEventListener<"closing">([this] { add("channel closing"); });
    channel->addEventListener<"close">([this] { add("channel close"); });
    channel->addEventListener<"error">([this, c = channel.get()](const RTCErrorEvent& event) {
      add("channel error " + std::string(to_string(event.error.errorDetail())) + " in " +
          std::string(to_string(c->readyState())));
    });
  }

 private:
  template <class State>
  void state(const std::string& what, State state) {
    add(what + " " + std::string(to_string(state)));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;
};

}  // namespace parley::test
