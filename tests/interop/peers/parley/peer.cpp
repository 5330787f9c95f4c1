#include "peer.hpp"

#include <cstdlib>
#include <iostream>

#include "contents.hpp"
#include "parley/json.hpp"

namespace interop {

using namespace parley;
using nlohmann::json;

void emit(const char* event, json fields) {
  fields["event"] = event;
  std::cout << fields.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
}

static json attributes(const RTCDataChannel& channel) {
  const auto optional = [](const auto& value) { return value ? json(*value) : json(nullptr); };
  return {{"label", channel.label()},
          {"protocol", channel.protocol()},
          {"ordered", channel.ordered()},
          {"maxRetransmits", optional(channel.maxRetransmits())},
          {"maxPacketLifeTime", optional(channel.maxPacketLifeTime())},
          {"negotiated", channel.negotiated()},
          {"id", optional(channel.id())},
          {"readyState", to_string(channel.readyState())}};
}

static RTCConfiguration configuration_of(const json& config) {
  RTCConfiguration configuration;
  for (const json& server : config.value("iceServers", json::array()))
    configuration.iceServers.push_back({.urls = server.at("urls").get<std::vector<std::string>>(),
                                        .username = server.value("username", ""),
                                        .credential = server.value("credential", "")});
  if (config.value("iceTransportPolicy", "all") == "relay")
    configuration.iceTransportPolicy = RTCIceTransportPolicy::Relay;
  const std::string policy = config.value("bundlePolicy", "balanced");
  if (policy == "max-bundle") configuration.bundlePolicy = RTCBundlePolicy::MaxBundle;
  if (policy == "max-compat") configuration.bundlePolicy = RTCBundlePolicy::MaxCompat;
  if (config.value("rtpHeaderEncryptionPolicy", "negotiate") == "require")
    configuration.rtpHeaderEncryptionPolicy = RTCRtpHeaderEncryptionPolicy::Require;
  configuration.iceCandidatePoolSize = config.value("iceCandidatePoolSize", std::uint8_t{0});
  configuration.network.max_message_size = 1 << 20;
  configuration.network.fast_path = std::getenv("PARLEY_INTEROP_PORTABLE") == nullptr;
  return configuration;
}

static RTCDataChannelInit options_of(const json& options) {
  RTCDataChannelInit init;
  const auto number = [&](const char* name) -> std::optional<std::uint16_t> {
    if (!options.contains(name)) return std::nullopt;
    return options[name].get<std::uint16_t>();
  };
  init.ordered = options.value("ordered", true);
  init.maxRetransmits = number("maxRetransmits");
  init.maxPacketLifeTime = number("maxPacketLifeTime");
  init.protocol = options.value("protocol", "");
  init.negotiated = options.value("negotiated", false);
  init.id = number("id");
  return init;
}

Promise<void> Peer::execute(json request) {
  json reply{{"id", request.at("id")}};
  try {
    reply["result"] = co_await run(std::move(request));
  } catch (const Exception& error) {
    reply["error"] = {{"name", error.name()}, {"message", error.message()}};
  } catch (const std::exception& error) {
    reply["error"] = {{"name", "Error"}, {"message", error.what()}};
  }
  emit("reply", std::move(reply));
}

Promise<json> Peer::run(json request) {
  const std::string command = request.at("command");
  if (command == "create") {
    create(request);
  } else if (command == "offer") {
    co_await connections_.at(request.at("connection")).offer();
  } else if (command == "signal") {
    co_await connections_.at(request.at("connection")).receive(request.at("message"));
  } else if (command == "state") {
    co_return connections_.at(request.at("connection")).state();
  } else if (command == "close") {
    connections_.at(request.at("connection")).pc.close();
  } else if (command == "media") {
    Connection& connection = connections_.at(request.at("connection"));
    connection.echo.emplace(connection.pc, request);
    co_return json::object();
  } else if (command == "alter") {
    co_await connections_.at(request.at("connection")).echo->alter(request.at("change"));
  } else if (command == "layers") {
    Connection& connection = connections_.at(request.at("connection"));
    const std::vector<std::string> rids{"h", "m", "l"};
    connection.layered.emplace(request.at("recordings").get<std::string>() + "/vp8.ivf", "video/VP8", rids);
    RTCRtpTransceiverInit init{.direction = RTCRtpTransceiverDirection::SendOnly};
    for (const std::string& rid : rids) init.sendEncodings.push_back({.rid = rid});
    (void)connection.pc.addTransceiver(connection.layered->track(), init);
  } else if (command == "watch") {
    co_return connections_.at(request.at("connection")).echo->state();
  } else if (command == "stats") {
    co_return json(co_await connections_.at(request.at("connection")).pc.getStats());
  } else if (command == "change") {
    connections_.at(request.at("connection")).negotiated->change(request);
  } else if (command == "agreement") {
    co_return connections_.at(request.at("connection")).negotiated->agreement();
  } else if (command == "act") {
    for (const json& line : request.at("lines"))
      connections_.at(request.at("connection")).acts.perform(line.get<std::string>());
  } else if (command == "describe") {
    co_return co_await connections_.at(request.at("connection")).step(request);
  } else if (command == "take") {
    const json& taken = request.at("description");
    RTCSessionDescriptionInit description{RTCSdpType::Rollback};
    if (taken.at("type") != "rollback") description = taken.get<RTCSessionDescriptionInit>();
    co_await connections_.at(request.at("connection")).pc.setRemoteDescription(description);
  } else if (command == "view") {
    co_return connections_.at(request.at("connection")).view();
  } else if (command == "rids") {
    co_return connections_.at(request.at("connection")).acts.rids(request.at("kind"));
  } else if (command == "open") {
    co_return open(request);
  } else if (command == "attributes") {
    co_return attributes(*channels_.at(request.at("channel")));
  } else if (command == "send") {
    send(request);
  } else if (command == "shut") {
    channels_.at(request.at("channel"))->close();
  } else {
    throw TypeError("unknown command " + command);
  }
  co_return nullptr;
}

void Peer::create(const json& request) {
  const std::string name = request.at("connection");
  Connection& made =
      connections_.try_emplace(name, name, configuration_of(request.at("config")), request.at("trickle").get<bool>())
          .first->second;
  if (request.contains("negotiation")) made.negotiate(request["negotiation"]);
  made.pc.ondatachannel = [this, &made](const RTCDataChannelEvent& event) {
    const std::string channel = made.name + "/in" + std::to_string(++made.incoming);
    emit("datachannel", {{"connection", made.name}, {"channel", channel}, {"attributes", attributes(*event.channel)}});
    adopt(channel, event.channel);
  };
}

void Peer::adopt(const std::string& name, const std::shared_ptr<RTCDataChannel>& channel) {
  channels_[name] = channel;
  channel->onopen = [name] { emit("open", {{"channel", name}}); };
  channel->onclosing = [name] { emit("closing", {{"channel", name}}); };
  channel->onclose = [name] { emit("close", {{"channel", name}}); };
  channel->onerror = [name](const RTCErrorEvent& event) {
    emit("channelerror", {{"channel", name}, {"text", event.error.message()}});
  };
  channel->onmessage = [name](const MessageEvent& message) {
    json fields = describe(message.is_text(), message.bytes());
    fields["channel"] = name;
    emit("message", std::move(fields));
  };
}

json Peer::open(const json& request) {
  Connection& connection = connections_.at(request.at("connection"));
  const auto channel =
      connection.pc.createDataChannel(request.at("label").get<std::string>(), options_of(request.at("options")));
  adopt(request.at("channel"), channel);
  return attributes(*channel);
}

void Peer::send(const json& request) {
  RTCDataChannel& channel = *channels_.at(request.at("channel"));
  if (request.contains("fill")) {
    const std::string content = fill(request["fill"]);
    if (request["fill"].at("kind") == "text")
      channel.send(std::string_view(content));
    else
      channel.send(std::as_bytes(std::span(content)));
  } else if (request.contains("base64")) {
    channel.send(from_base64(request["base64"].get<std::string>()));
  } else {
    channel.send(std::string_view(request.at("text").get_ref<const std::string&>()));
  }
}

}  // namespace interop
