#include "parley_pair.hpp"

#include <iostream>
#include <sstream>
#include <utility>

namespace parley::bench {
namespace {

void report(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& reason) {
    std::cerr << "signal refused: " << reason.what() << '\n';
  }
}

/// Signals may still be on their way when an end is gone. Each is taken on the loop of the end it is for: a coroutine
/// goes on where it began, and begun elsewhere the answer would be sent after the candidates that the loop has fired
/// meanwhile.
std::function<void(const Signal&)> deliver_to(const std::shared_ptr<EventLoop>& loop, const std::weak_ptr<End>& to,
                                              Feedback feedback) {
  return [loop, to, feedback](Signal signal) {
    if (feedback == Feedback::None && signal.description)
      signal.description->sdp = without_feedback(signal.description->sdp);
    loop->post([to, signal] {
      if (const auto end = to.lock()) take(end, signal).then([] {}, report);
    });
  };
}

/// Runs on the offerer's loop throughout.
Promise<Pair> connect_here(const Rig& rig, RTCDataChannelInit channel, Feedback feedback) {
  Pair pair;
  const auto to_offerer = std::make_shared<std::weak_ptr<End>>();
  pair.answerer = make_end(rig.answerer, [to_offerer, feedback, loop = rig.offerer.network.loop](const Signal& signal) {
    deliver_to(loop, *to_offerer, feedback)(signal);
  });
  pair.offerer = make_end(rig.offerer, deliver_to(rig.answerer.network.loop, pair.answerer, feedback));
  *to_offerer = pair.offerer;
  const auto receiver = incoming(pair.answerer);
  const auto sender = opened(pair.offerer->connection.createDataChannel("bench", channel));
  co_await offer(pair.offerer);
  pair.sender = co_await sender;
  pair.receiver = co_await receiver;
  co_return pair;
}

}  // namespace

std::string without_feedback(const std::string& sdp) {
  std::istringstream lines(sdp);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (line.find("transport-wide-cc") == std::string::npos && line.find("transport-cc") == std::string::npos)
      kept.append(line).append(1, '\n');
  return kept;
}

nlohmann::json to_json(const Signal& signal) {
  if (signal.description)
    return {{"description", {{"type", to_string(signal.description->type)}, {"sdp", signal.description->sdp}}}};
  nlohmann::json candidate{{"candidate", signal.candidate->candidate}};
  if (signal.candidate->sdpMid) candidate["sdpMid"] = *signal.candidate->sdpMid;
  if (signal.candidate->sdpMLineIndex) candidate["sdpMLineIndex"] = *signal.candidate->sdpMLineIndex;
  return {{"candidate", candidate}};
}

Signal signal_from_json(const nlohmann::json& json) {
  if (json.contains("description")) {
    const auto& description = json["description"];
    const auto type = to_sdp_type(description["type"].get<std::string>());
    return {.description = RTCSessionDescriptionInit{type.value(), description["sdp"].get<std::string>()}};
  }
  const auto& candidate = json["candidate"];
  RTCIceCandidateInit init(candidate["candidate"].get<std::string>());
  if (candidate.contains("sdpMid")) init.sdpMid = candidate["sdpMid"].get<std::string>();
  if (candidate.contains("sdpMLineIndex")) init.sdpMLineIndex = candidate["sdpMLineIndex"].get<std::uint16_t>();
  return {.candidate = std::move(init)};
}

EndPtr make_end(const RTCConfiguration& configuration, std::function<void(const Signal&)> out) {
  auto end = std::make_shared<End>(configuration);
  end->out = std::move(out);
  end->connection.onicecandidate = [out = end->out](const RTCPeerConnectionIceEvent& event) {
    if (event.candidate) out({.candidate = event.candidate->toJSON()});
  };
  return end;
}

Promise<void> offer(EndPtr end) {
  co_await end->connection.setLocalDescription();
  end->out({.description = end->connection.localDescription()->toJSON()});
}

Promise<void> take(EndPtr end, Signal signal) {
  if (signal.candidate) {
    co_await end->connection.addIceCandidate(*signal.candidate);
    co_return;
  }
  co_await end->connection.setRemoteDescription(*signal.description);
  if (signal.description->type == RTCSdpType::Offer) co_await offer(end);
}

Promise<Channel> opened(Channel channel) {
  PromiseResolver<Channel> resolver;
  channel->onopen = [resolver, weak = std::weak_ptr(channel)] { resolver.resolve(weak.lock()); };
  return resolver.promise();
}

Promise<Channel> incoming(const EndPtr& end) {
  PromiseResolver<Channel> resolver;
  end->connection.ondatachannel = [resolver](const RTCDataChannelEvent& event) {
    opened(event.channel).then([resolver](const Channel& channel) { resolver.resolve(channel); });
  };
  return resolver.promise();
}

Rig::Rig(const CommandLine& line) {
  EventLoopOptions options;
  if (const double busy = line.number_or("busy", -1); busy >= 0)
    options.busy_poll = std::chrono::microseconds(static_cast<long>(busy));
  offerer.network.loop = EventLoop::create(options);
  answerer.network.loop = EventLoop::create(options);
  offerer.network.fast_path = answerer.network.fast_path = line.number_or("fast", 1) != 0;
}

Promise<Pair> connect_pair(const Rig& rig, const RTCDataChannelInit& channel, Feedback feedback) {
  return rig.offerer.network.loop->run([&] { return connect_here(rig, channel, feedback); });
}

}  // namespace parley::bench
