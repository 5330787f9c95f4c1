// A signaling server: two peers that open a WebSocket at the same path get each other's messages. It also serves a page
// that is one of the two.
//   signaling-server [PORT]
#include <iostream>
#include <map>
#include <parley/event_loop.hpp>
#include <parley/signaling_server.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace parley;
using nlohmann::json;

/// Two peers, and what the first has said before the second came.
struct Room {
  std::vector<std::shared_ptr<SignalingChannel>> peers;
  std::vector<json> waiting;
};

class Rooms {
 public:
  void enter(const std::string& name, const std::shared_ptr<SignalingChannel>& peer) {
    Room& room = rooms_[name];
    if (room.peers.size() == 2) return peer->close();
    room.peers.push_back(peer);
    if (room.peers.size() == 2)
      for (const json& message : std::exchange(room.waiting, {})) peer->send(message);
    peer->onmessage = [this, name, self = peer.get()](const json& message) { relay(name, self, message); };
    peer->onclose = [this, name, self = peer.get()] { leave(name, self); };
  }
  void clear() { rooms_.clear(); }

 private:
  static constexpr std::size_t kMaxWaiting = 256;

  void relay(const std::string& name, const SignalingChannel* from, const json& message) {
    Room& room = rooms_[name];
    if (room.peers.size() < 2 && room.waiting.size() < kMaxWaiting) room.waiting.push_back(message);
    for (const auto& peer : room.peers)
      if (peer.get() != from && peer->state() == SignalingChannel::State::Open) peer->send(message);
  }
  void leave(const std::string& name, const SignalingChannel* who) {
    const Room room = std::move(rooms_[name]);
    rooms_.erase(name);
    for (const auto& peer : room.peers)
      if (peer.get() != who) peer->close();
  }
  std::map<std::string, Room> rooms_;
};

int main(int argc, char** argv) try {
  const int port = argc > 1 ? std::stoi(argv[1]) : 8000;
  Rooms rooms;
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) { rooms.enter(event.path, event.channel); };
  std::cout << "page: " << server.page_url() << "\nsignaling: " << server.signaling_url()
            << "ROOM\nEnter or Ctrl-D ends." << std::endl;
  std::cin.get();
  server.close();
  // The channels' handlers use the rooms, so the rooms end where the handlers run.
  EventLoop::shared()->run([&] { rooms.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
