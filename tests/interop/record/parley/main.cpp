// parley as a recorded peer: executes the recorder's commands (../actor.mjs) on RTCPeerConnection.
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "../../peers/parley/acts.hpp"
#include "parley/json.hpp"
#include "parley/parley.hpp"

namespace {

using namespace parley;
using nlohmann::json;

struct Entry {
  explicit Entry(const RTCConfiguration& configuration) : pc(configuration) {
    pc.onicegatheringstatechange = [this] {
      if (pc.iceGatheringState() == RTCIceGatheringState::Complete)
        std::exchange(gathered, PromiseResolver<void>()).resolve();
    };
    pc.ondatachannel = [this](const RTCDataChannelEvent& event) { channels.push_back(event.channel); };
  }
  RTCPeerConnection pc;
  interop::Acts acts{pc};
  std::vector<std::shared_ptr<RTCDataChannel>> channels;
  PromiseResolver<void> gathered;
};

Promise<json> describe(Entry& entry, RTCSessionDescriptionInit description) {
  co_await entry.pc.setLocalDescription(description);
  if (entry.pc.iceGatheringState() != RTCIceGatheringState::Complete) co_await entry.gathered.promise();
  co_return json(*entry.pc.localDescription());
}

class Peer {
 public:
  Promise<void> execute(json request) {
    json reply{{"event", "reply"}, {"id", request.at("id")}};
    try {
      reply["result"] = co_await run(std::move(request));
    } catch (const std::exception& error) {
      reply["error"] = {{"name", "Error"}, {"message", error.what()}};
    }
    std::cout << reply.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }

 private:
  Promise<json> run(json request) {
    const std::string command = request.at("command"), connection = request.at("connection");
    if (command == "create") {
      RTCConfiguration configuration;
      const std::string policy = request.at("config").value("bundlePolicy", "balanced");
      if (policy == "max-bundle") configuration.bundlePolicy = RTCBundlePolicy::MaxBundle;
      if (policy == "max-compat") configuration.bundlePolicy = RTCBundlePolicy::MaxCompat;
      entries_.try_emplace(connection, configuration);
      co_return nullptr;
    }
    Entry& entry = entries_.at(connection);
    if (command == "act") {
      for (const json& line : request.at("lines")) entry.acts.perform(line.get<std::string>());
    } else if (command == "offer") {
      auto offer = co_await entry.pc.createOffer();
      co_return co_await describe(entry, std::move(offer));
    } else if (command == "answer") {
      auto answer = co_await entry.pc.createAnswer();
      co_return co_await describe(entry, std::move(answer));
    } else if (command == "take") {
      co_await entry.pc.setRemoteDescription(request.at("description").get<RTCSessionDescriptionInit>());
    } else if (command == "state") {
      co_return to_string(entry.pc.connectionState());
    } else if (command == "table") {
      co_return entry.acts.table();
    } else if (command == "close") {
      entry.pc.close();
    } else {
      throw TypeError("unknown command " + command);
    }
    co_return nullptr;
  }

  std::map<std::string, Entry> entries_;
};

}  // namespace

int main() {
  const auto loop = EventLoop::shared();
  auto peer = std::make_unique<Peer>();
  std::cout << R"({"event": "ready", "version": "parley"})" << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    loop->post([&peer, line] { (void)peer->execute(json::parse(line)); });
  loop->run([&peer] { peer.reset(); });
}
