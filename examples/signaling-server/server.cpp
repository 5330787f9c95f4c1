// A signaling server: two peers that open a WebSocket at the same path get each other's messages. It also serves a page
// that is one of the two.
//   signaling-server [PORT]
#include <iostream>
#include <map>
#include <parley/event_loop.hpp>
#include <parley/signaling_server.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/interrupt.hpp"

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
    auto& room = rooms_[name];
    if (!room) room = std::make_shared<Room>();
    if (room->peers.size() == 2) return turn_away(name, peer);
    room->peers.push_back(peer);
    if (room->peers.size() == 2)
      for (const json& message : std::exchange(room->waiting, {})) peer->send(message);
    peer->onmessage = [room = room.get(), self = peer.get()](const json& message) { relay(*room, self, message); };
    peer->onclose = [this, name, room = std::weak_ptr(room)] { leave(name, room.lock()); };
  }
  void clear() {
    rooms_.clear();
    turned_away_.clear();
  }

 private:
  static constexpr std::size_t kMaxWaiting = 256;

  /// It closes when it has read that. If we did, while it is still sending, it might never read it.
  void turn_away(const std::string& name, const std::shared_ptr<SignalingChannel>& peer) {
    turned_away_.insert(peer);
    peer->send({{"error", "Two peers are at " + name + " already."}});
    peer->onclose = [this, self = std::weak_ptr(peer)] { turned_away_.erase(self.lock()); };
  }
  static void relay(Room& room, const SignalingChannel* from, const json& message) {
    if (room.peers.size() < 2 && room.waiting.size() < kMaxWaiting) room.waiting.push_back(message);
    for (const auto& peer : room.peers)
      if (peer.get() != from && peer->state() == SignalingChannel::State::Open) peer->send(message);
  }
  /// When one leaves, both do, and whoever comes next finds the room empty: another one, when the second of them
  /// leaves.
  void leave(const std::string& name, const std::shared_ptr<Room>& room) {
    if (!room) return;
    if (const auto found = rooms_.find(name); found != rooms_.end() && found->second == room) rooms_.erase(found);
    for (const auto& peer : room->peers) peer->close();
  }
  std::map<std::string, std::shared_ptr<Room>> rooms_;
  std::set<std::shared_ptr<SignalingChannel>> turned_away_;
};

int main(int argc, char** argv) try {
  const Interrupt interrupt;
  const int port = argc > 1 ? std::stoi(argv[1]) : 8000;
  Rooms rooms;
  SignalingServer server({.port = static_cast<std::uint16_t>(port), .folder = EXAMPLE_PAGE});
  server.onconnection = [&](const SignalingConnectionEvent& event) { rooms.enter(event.path, event.channel); };
  std::cout << "page: " << server.page_url() << "\nsignaling: " << server.signaling_url() << "ROOM\nCtrl-C ends."
            << std::endl;
  interrupt.wait();
  server.close();
  // The channels' handlers use the rooms, so the rooms end where the handlers run.
  EventLoop::shared()->run([&] { rooms.clear(); });
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
