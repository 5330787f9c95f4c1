#include "negotiated.hpp"

#include <algorithm>
#include <utility>

namespace interop {

using namespace parley;
using nlohmann::json;

/// The runner's relay as a signaling channel.
class Negotiated::Channel final : public SignalingChannel {
 public:
  explicit Channel(std::function<void(const json&)> emit) : emit_(std::move(emit)) { opened(); }
  using SignalingChannel::received;
  void send(const json& message) override { emit_(message); }
  void close() override { closed(ClosedBy::Us); }

 private:
  std::function<void(const json&)> emit_;
};

Negotiated::Negotiated(RTCPeerConnection& pc, const json& settings, std::function<void(const json&)> emit)
    : pc_(pc),
      channel_(std::make_shared<Channel>(std::move(emit))),
      negotiator_(pc, channel_, settings.at("polite").get<bool>() ? Politeness::Polite : Politeness::Impolite,
                  {.words = PerfectNegotiatorOptions::Words::Description}),
      changes_(pc, settings.at("seed").get<unsigned>(),
               {.stop = settings.at("stops") != "none",
                .restart = settings.at("restarts").get<bool>(),
                .spare_first = settings.at("stops") == "others"}) {
  negotiator_.onerror = [this](const NegotiationErrorEvent& event) { errors_.push_back(event.message); };
}

void Negotiated::receive(json message) { channel_->received(std::move(message)); }

void Negotiated::change(const json& wanted) {
  for (const json& kind : wanted.value("tracks", json::array())) changes_.add_track(kind.get<std::string>());
  if (wanted.value("channel", false)) changes_.open_channel();
  if (wanted.value("restart", false)) pc_.restartIce();
  for (int i = wanted.value("count", 0); i > 0; --i) changes_.make_one();
}

json Negotiated::agreement() const {
  const auto sdp = [](const auto& description) { return description ? description->sdp() : std::string(); };
  json transceivers = json::array();
  for (const auto& each : pc_.getTransceivers()) {
    const auto mid = each->mid();
    const auto current = each->currentDirection();
    transceivers.push_back({{"mid", mid ? json(*mid) : json(nullptr)},
                            {"kind", each->receiver()->track()->kind()},
                            {"direction", to_string(each->direction())},
                            {"currentDirection", current ? json(to_string(*current)) : json(nullptr)}});
  }
  return {{"signalingState", to_string(pc_.signalingState())},
          {"connectionState", to_string(pc_.connectionState())},
          {"local", sdp(pc_.currentLocalDescription())},
          {"remote", sdp(pc_.currentRemoteDescription())},
          {"transceivers", transceivers},
          {"channels", changes_.channels().size()},
          {"open", std::ranges::count(changes_.channels(), RTCDataChannelState::Open,
                                      [](const auto& channel) { return channel->readyState(); })},
          {"errors", errors_}};
}

}  // namespace interop
