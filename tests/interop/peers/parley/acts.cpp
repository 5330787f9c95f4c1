#include "acts.hpp"

#include <sstream>

namespace interop {

using namespace parley;
using nlohmann::json;

static RTCRtpTransceiverDirection direction_called(const std::string& name) {
  using enum RTCRtpTransceiverDirection;
  for (const auto direction : {SendRecv, SendOnly, RecvOnly, Inactive})
    if (name == to_string(direction)) return direction;
  throw TypeError("no direction " + name);
}

std::shared_ptr<RTCRtpTransceiver> Acts::first(const std::string& kind) const {
  for (const auto& each : pc_.getTransceivers())
    if (each->receiver()->track()->kind() == kind && each->direction() != RTCRtpTransceiverDirection::Stopped)
      return each;
  throw TypeError("no transceiver for " + kind);
}

void Acts::add(const std::string& kind, const std::string& direction, std::istream& rids) {
  RTCRtpTransceiverInit init{.direction = direction_called(direction)};
  for (std::string rid; rids >> rid;) init.sendEncodings.push_back({.rid = rid});
  if (!direction.starts_with("send")) {
    (void)pc_.addTransceiver(kind, init);
    return;
  }
  init.streams = {stream_};
  (void)pc_.addTransceiver(MediaStreamTrack::create(kind), init);
}

void Acts::perform(const std::string& line) {
  std::istringstream words(line);
  std::string name, kind, direction;
  words >> name >> kind;
  if (name == "add" && words >> direction)
    add(kind, direction, words);
  else if (name == "track")
    (void)pc_.addTrack(MediaStreamTrack::create(kind), stream_);
  else if (name == "channel")
    channels_.push_back(pc_.createDataChannel("data"));
  else if (name == "direction" && words >> direction)
    first(kind)->direction(direction_called(direction));
  else if (name == "remove")
    pc_.removeTrack(first(kind)->sender());
  else if (name == "stop")
    first(kind)->stop();
  else if (name == "restart")
    pc_.restartIce();
  else
    throw TypeError("unknown action " + line);
}

json Acts::table() const {
  json lines = json::array();
  for (const auto& each : pc_.getTransceivers()) {
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

json Acts::rids(const std::string& kind) const {
  json names = json::array();
  for (const auto& encoding : first(kind)->sender()->getParameters().encodings)
    names.push_back(encoding.rid ? json(*encoding.rid) : json(nullptr));
  return names;
}

}  // namespace interop
