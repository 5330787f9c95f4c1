#include "echo.hpp"

#include <set>

namespace interop {

using namespace parley;

/// These alone.
static void prefer(RTCRtpTransceiver& transceiver, const std::string& kind, const std::set<std::string>& names) {
  const auto known = RTCRtpReceiver::getCapabilities(kind);
  std::vector<RTCRtpCodec> wanted;
  for (const RTCRtpCodec& one : known->codecs)
    if (names.contains(one.mimeType.substr(kind.size() + 1))) wanted.push_back(one);
  transceiver.setCodecPreferences(wanted);
}

static RTCRtpTransceiverDirection direction_of(const std::string& text) {
  using enum RTCRtpTransceiverDirection;
  for (const auto direction : {SendRecv, SendOnly, RecvOnly, Inactive})
    if (to_string(direction) == text) return direction;
  throw TypeError("no direction: " + text);
}

static std::shared_ptr<RTCRtpTransceiver> transceiver_of(RTCPeerConnection& pc, const std::string& kind) {
  for (auto& each : pc.getTransceivers())
    if (each->receiver()->track()->kind() == kind) return each;
  throw TypeError("no transceiver of " + kind);
}

void Echo::offer(const std::string& kind) {
  const auto transceiver = pc_.addTransceiver(kind);
  if (!names_[kind].empty()) prefer(*transceiver, kind, names_[kind]);
}

Echo::Echo(RTCPeerConnection& pc, const nlohmann::json& settings)
    : pc_(pc), recordings_(settings.value("recordings", "")) {
  // What repairs and protects it comes along.
  for (const auto& one : settings.value("protection", std::vector<std::string>{"red", "ulpfec"}))
    names_["video"].insert(one);
  names_["video"].insert({settings.at("codec").get<std::string>(), "rtx"});
  if (settings.contains("sound")) names_["audio"].insert(settings["sound"].get<std::string>());
  const auto kinds = settings.value("kinds", std::vector<std::string>{"video", "audio"});
  if (settings.at("offer").get<bool>())
    for (const std::string& kind : kinds) offer(kind);
  pc.ontrack = [this, counts = counts_](const RTCTrackEvent& event) -> Promise<void> {
    event.track->onvideoframe = [counts](const RTCEncodedVideoFrame& frame) {
      ++counts->video;
      counts->video_codec = frame.metadata.mimeType;
      auto& [frames, width] = counts->layers[frame.metadata.rid];
      ++frames;
      if (frame.metadata.width > 0) width = frame.metadata.width;
      if (frame.type != RTCEncodedVideoFrameType::Key) return;
      ++counts->key_frames;
      counts->width = frame.metadata.width;
      counts->height = frame.metadata.height;
    };
    event.track->onaudioframe = [counts](const RTCEncodedAudioFrame& frame) {
      ++counts->audio;
      counts->audio_codec = frame.metadata.mimeType;
    };
    const std::string kind = event.track->kind();
    if (!names_[kind].empty()) prefer(*event.transceiver, kind, names_[kind]);
    if (event.transceiver->direction() == RTCRtpTransceiverDirection::SendRecv) {
      const auto sender = event.transceiver->sender();
      co_await sender->replaceTrack(event.track);
    } else {
      (void)pc_.addTrack(event.track);
    }
  };
}

Promise<void> Echo::alter(nlohmann::json change) {
  const std::string kind = change.value("kind", "video");
  if (change.contains("add")) {
    if (change["add"].get<bool>()) offer(kind);
    co_return;
  }
  const auto transceiver = transceiver_of(pc_, kind);
  const auto sender = transceiver->sender();
  if (change.contains("enabled")) {
    sender->track()->enabled(change["enabled"].get<bool>());
  } else if (change.contains("track")) {
    const std::string which = change["track"];
    std::shared_ptr<MediaStreamTrack> track;
    if (which == "original") track = transceiver->receiver()->track();
    if (which == "other") track = other_.emplace(recordings_ + "/vp8.ivf", "video/VP8").track();
    co_await sender->replaceTrack(track);
    if (which != "other") other_.reset();
  } else if (change.contains("direction")) {
    transceiver->direction(direction_of(change["direction"]));
  } else if (change.contains("remove")) {
    pc_.removeTrack(sender);
  } else if (change.contains("restart")) {
    pc_.restartIce();
  }
}

nlohmann::json Echo::state() const {
  nlohmann::json directions = nlohmann::json::array(), encrypted = nlohmann::json::array();
  for (const auto& transceiver : pc_.getTransceivers()) {
    encrypted.push_back(transceiver->rtpHeaderEncryptionNegotiated());
    const auto current = transceiver->currentDirection();
    directions.push_back(current ? nlohmann::json(to_string(*current)) : nlohmann::json(nullptr));
  }
  nlohmann::json layers = nlohmann::json::object();
  for (const auto& [rid, seen] : counts_->layers) layers[rid] = {{"frames", seen.first}, {"width", seen.second}};
  return {{"directions", directions},
          {"encrypted", encrypted},
          {"layers", layers},
          {"video",
           {{"frames", counts_->video},
            {"keyFrames", counts_->key_frames},
            {"width", counts_->width},
            {"height", counts_->height},
            {"codec", counts_->video_codec}}},
          {"audio", {{"frames", counts_->audio}, {"codec", counts_->audio_codec}}}};
}

}  // namespace interop
