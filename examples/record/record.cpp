// A program that records: what a visitor's browser sends becomes a file.
//   record [FILE] [PORT]
#include <filesystem>
#include <iostream>
#include <memory>
#include <parley/av/file_recorder.hpp>
#include <parley/parley.hpp>
#include <parley/signaling_server.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/answer_offers.hpp"
#include "common/exchange_candidates.hpp"
#include "common/interrupt.hpp"
#include "common/watch_connection.hpp"

using namespace parley;

/// Somebody who has opened the page: we are the callee.
struct Visitor {
  Visitor(const SignalingConnectionEvent& event, std::string path)
      : file(std::move(path)), recorder(file), signalingChannel(event.channel) {
    exchangeCandidates(peerConnection, *signalingChannel);
    recorder.onerror = [](const av::FileErrorEvent& event) { std::cout << event.error.what() << std::endl; };
    peerConnection.ontrack = [this](const RTCTrackEvent& event) {
      // The browser is asked for what the file can take.
      event.transceiver->setCodecPreferences(recorder.codecs(event.track->kind()));
      recorder.add(event.track);
      std::cout << "a visitor's " << event.track->kind() << " goes to " << file << std::endl;
    };
    answerOffers(peerConnection, *signalingChannel);
  }

  /// Completes the file and says what is in it.
  Promise<void> finish() {
    peerConnection.close();
    const std::string name = file;
    try {
      const auto recording = co_await recorder.stop();
      std::cout << name << " has " << static_cast<double>(recording.duration.count()) / 1e6 << " s:";
      for (const av::RecordedTrack& track : recording.tracks)
        std::cout << ' ' << track.frames << " frames of " << (track.frames > 0 ? track.mimeType : track.kind);
      std::cout << std::endl;
    } catch (const DOMException& error) {
      std::cout << error.what() << std::endl;
    }
  }

  std::string file;
  av::FileRecorder recorder;
  RTCPeerConnection peerConnection;
  std::shared_ptr<SignalingChannel> signalingChannel;
  bool left = false;
  const CloseFirst closeFirst{peerConnection};
};
using Visitors = std::vector<std::unique_ptr<Visitor>>;

/// Completes the file of one who is gone, and forgets them.
static Promise<void> leave(Visitors& visitors, Visitor* visitor) {
  if (std::exchange(visitor->left, true)) co_return;
  co_await visitor->finish();
  std::erase_if(visitors, [visitor](const auto& each) { return each.get() == visitor; });
}

/// "recording.webm" and 2: "recording-2.webm".
static std::string numbered(const std::filesystem::path& path, int number) {
  std::filesystem::path name = path.stem();
  name += '-' + std::to_string(number);
  name += path.extension();
  return (path.parent_path() / name).string();
}

int main(int argc, char** argv) try {
  const Interrupt interrupt;
  const std::string file = argc > 1 ? argv[1] : "recording.webm";
  const int port = argc > 2 ? std::stoi(argv[2]) : 8000;
  const auto loop = EventLoop::shared();
  Visitors visitors;  // touched on the loop only
  int count = 0;
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) {
    Visitor* const visitor = visitors.emplace_back(std::make_unique<Visitor>(event, numbered(file, ++count))).get();
    // The page keeps its WebSocket open for as long as it is there. A page whose network is gone closes nothing.
    visitor->signalingChannel->onclose = [&visitors, visitor] { return leave(visitors, visitor); };
    visitor->peerConnection.onconnectionstatechange = [&visitors, visitor] {
      if (visitor->peerConnection.connectionState() == RTCPeerConnectionState::Failed) leave(visitors, visitor);
    };
  };
  std::cout << "Open " << server.page_url() << " in a browser. Ctrl-C ends." << std::endl;
  interrupt.wait_or_end_of_input();
  server.close();
  loop->run([&]() -> Promise<void> {
        const Visitors last = std::exchange(visitors, {});
        for (const auto& visitor : last) {
          visitor->left = true;
          co_await visitor->finish();
        }
      })
      .get();
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
