// parley as a recorded peer: executes the recorder's commands (../actor.mjs) on RTCPeerConnection.
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

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
  std::shared_ptr<MediaStream> stream = MediaStream::create();
  std::vector<std::shared_ptr<RTCDataChannel>> channels;
  PromiseResolver<void> gathered;
};

std::shared_ptr<RTCRtpTransceiver> first(Entry& entry, const std::string& kind) {
  for (const auto& each : entry.pc.getTransceivers())
    if (each->receiver()->track()->kind() == kind && each->direction() != RTCRtpTransceiverDirection::Stopped)
      return each;
  throw TypeError("no transceiver for " + kind);
}

RTCRtpTransceiverDirection direction_called(const std::string& name) {
  using enum RTCRtpTransceiverDirection;
  for (const auto direction : {SendRecv, SendOnly, RecvOnly, Inactive})
    if (name == to_string(direction)) return direction;
  throw TypeError("no direction " + name);
}

void add(Entry& entry, const std::string& kind, const std::string& direction, std::istream& rids) {
  RTCRtpTransceiverInit init{.direction = direction_called(direction)};
  for (std::string rid; rids >> rid;) init.sendEncodings.push_back({.rid = rid});
  if (!direction.starts_with("send")) {
    (void)entry.pc.addTransceiver(kind, init);
    return;
  }
  init.streams = {entry.stream};
  (void)entry.pc.addTransceiver(MediaStreamTrack::create(kind), init);
}

void act(Entry& entry, const std::string& line) {
  std::istringstream words(line);
  std::string name, kind, direction;
  words >> name >> kind;
  if (name == "add" && words >> direction)
    add(entry, kind, direction, words);
  else if (name == "track")
    (void)entry.pc.addTrack(MediaStreamTrack::create(kind), entry.stream);
  else if (name == "channel")
    entry.channels.push_back(entry.pc.createDataChannel("data"));
  else if (name == "direction" && words >> direction)
    first(entry, kind)->direction(direction_called(direction));
  else if (name == "remove")
    entry.pc.removeTrack(first(entry, kind)->sender());
  else if (name == "stop")
    first(entry, kind)->stop();
  else if (name == "restart")
    entry.pc.restartIce();
  else
    throw TypeError("unknown action " + line);
}

/// One line for each section: its current direction, and what has been agreed on for sending.
json table(const Entry& entry) {
  json lines = json::array();
  for (const auto& each : entry.pc.getTransceivers()) {
    if (!each->mid()) continue;
    const auto current = each->currentDirection();
    std::string line = *each->mid() + " " + each->receiver()->track()->kind() + " ";
    line += current ? to_string(*current) : "none";
    for (const auto& codec : each->sender()->getParameters().codecs)
      line += " " + std::to_string(codec.payloadType) + "=" + codec.mimeType.substr(codec.mimeType.find('/') + 1);
    lines.push_back(line);
  }
  return lines;
}

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
      for (const json& line : request.at("lines")) act(entry, line.get<std::string>());
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
      co_return table(entry);
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
