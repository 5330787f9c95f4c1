// A selective forwarding unit: everybody in the room sends picture and sound once and gets those of everybody else,
// each picture in the size that the way to the receiver can carry. Nothing is decoded.
//   forwarder [PORT]
#include <chrono>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <parley/perfect_negotiator.hpp>
#include <parley/signaling_server.hpp>
#include <string>

#include "common/watch_connection.hpp"

using namespace parley;

/// One visitor's picture, which arrives in several sizes, on its way to the others.
class Picture {
 public:
  Picture(std::shared_ptr<MediaStreamTrack> track, std::string name)
      : track_(std::move(track)), name_(std::move(name)) {
    track_->onrtp = [this](const RTCRtpPacket& packet) {
      rates_.add(packet);
      for (auto& [to, output] : outputs_) output.pass(packet, *this);
    };
  }
  ~Picture() {
    track_->onrtp = nullptr;
    while (!outputs_.empty()) remove(outputs_.begin()->first);
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  /// The track for the connection to visitor `to`.
  std::shared_ptr<MediaStreamTrack> add(int to) {
    Output& output = outputs_[to];
    output.to = to;
    output.track->ontargetbitrate = [&output](const TargetBitrateEvent& event) {
      output.target = event.bits_per_second;
    };
    output.track->onkeyframerequest = [this, &output] {
      if (const auto layer = output.selector.current()) track_->request_key_frame(layer->rid);
    };
    return output.track;
  }
  void remove(int to) {
    const auto found = outputs_.find(to);
    if (found == outputs_.end()) return;
    found->second.track->ontargetbitrate = nullptr;
    found->second.track->onkeyframerequest = nullptr;
    outputs_.erase(found);
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Output {
    void pass(const RTCRtpPacket& packet, const Picture& picture) {
      if (Clock::now() >= next_choice) choose(picture);
      if (const auto out = selector.forward(packet)) track->write(*out);
      if (const auto rid = selector.key_frame_request()) picture.track_->request_key_frame(*rid);
    }
    /// Twice a second: what the way to this visitor can carry now.
    void choose(const Picture& picture) {
      next_choice = Clock::now() + std::chrono::milliseconds(500);
      auto layer = picture.rates_.best(target, chosen);
      if (!layer || layer == chosen) return;
      if (!chosen || chosen->rid != layer->rid)
        std::cout << "visitor " << to << " is to get " << picture.name_ << " in size " << layer->rid << std::endl;
      chosen = std::move(layer);
      selector.select(chosen);
    }

    int to = 0;
    std::shared_ptr<MediaStreamTrack> track = MediaStreamTrack::create("video");
    LayerSelector selector;
    double target = 300'000;  // until more is known
    std::optional<MediaLayer> chosen;
    Clock::time_point next_choice;
  };

  std::shared_ptr<MediaStreamTrack> track_;
  std::string name_;
  LayerRates rates_;
  std::map<int, Output> outputs_;
};

/// Somebody who has opened the page. The negotiator sees to it that both agree whenever something changes.
struct Visitor {
  Visitor(int number_, std::shared_ptr<SignalingChannel> channel_) : number(number_), channel(std::move(channel_)) {
    negotiator.onerror = [](const NegotiationErrorEvent& event) { say("negotiation: " + event.message); };
  }

  /// A track that arrives from here. What arrives together is sent together.
  struct Source {
    std::shared_ptr<MediaStreamTrack> track;
    std::unique_ptr<Picture> picture;  // of video
  };
  /// A track that is sent to here.
  struct Sent {
    int from;
    std::shared_ptr<RTCRtpTransceiver> transceiver;
  };

  void get(const Visitor& other, const Source& source) {
    const auto track = source.picture ? source.picture->add(number) : source.track;
    sent.push_back(
        {other.number, peerConnection.addTransceiver(
                           track, {.direction = RTCRtpTransceiverDirection::SendOnly, .streams = {other.stream}})});
  }
  /// Visitor `other` has left.
  void lose(int other) {
    for (const Source& source : sources)
      if (source.picture) source.picture->remove(other);
    std::erase_if(sent, [&](const Sent& one) {
      if (one.from != other) return false;
      one.transceiver->stop();
      return true;
    });
  }

  int number;
  RTCPeerConnection peerConnection;
  std::shared_ptr<SignalingChannel> channel;
  PerfectNegotiator negotiator{peerConnection, channel, Politeness::Polite};
  std::shared_ptr<MediaStream> stream = MediaStream::create();  // by which the others know what belongs together
  std::list<Source> sources;
  std::list<Sent> sent;
  const CloseFirst closeFirst{peerConnection};
};

/// Lives on the loop.
class Room {
 public:
  void enter(const std::shared_ptr<SignalingChannel>& channel) {
    const int number = ++count_;
    Visitor& visitor = *visitors_.emplace_back(std::make_unique<Visitor>(number, channel));
    std::cout << "visitor " << number << " comes" << std::endl;
    visitor.peerConnection.ontrack = [this, &visitor](const RTCTrackEvent& event) { take(visitor, event.track); };
    // The page keeps its WebSocket open for as long as it is there.
    channel->onclose = [this, number] { leave(number); };
  }
  void clear() { visitors_.clear(); }

 private:
  /// A visitor gets nothing before something has come from there: what the page sends then lies first in the
  /// descriptions, where it stays. Chromium loses all of a connection whose first section is stopped.
  void take(Visitor& visitor, const std::shared_ptr<MediaStreamTrack>& track) {
    if (visitor.sources.empty())
      for (const auto& other : visitors_)
        for (const auto& source : other->sources) visitor.get(*other, source);
    Visitor::Source& source = visitor.sources.emplace_back(Visitor::Source{track, nullptr});
    const std::string name = "visitor " + std::to_string(visitor.number);
    if (track->kind() == "video") source.picture = std::make_unique<Picture>(track, name);
    std::cout << name << " sends " << track->kind() << std::endl;
    for (const auto& other : visitors_)
      if (other.get() != &visitor && !other->sources.empty()) other->get(visitor, source);
  }
  void leave(int number) {
    std::cout << "visitor " << number << " leaves" << std::endl;
    for (const auto& other : visitors_)
      if (other->number != number) other->lose(number);
    visitors_.remove_if([&](const auto& one) { return one->number == number; });
  }

  int count_ = 0;
  std::list<std::unique_ptr<Visitor>> visitors_;
};

int main(int argc, char** argv) try {
  const int port = argc > 1 ? std::stoi(argv[1]) : 8000;
  const auto loop = EventLoop::shared();
  Room room;
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) { room.enter(event.channel); };
  std::cout << "Open " << server.page_url() << " in several browsers or tabs. Ctrl-D ends." << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  server.close();
  loop->run([&] { room.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
