#include "echo.hpp"

namespace interop {

using namespace parley;

static void prefer(RTCRtpTransceiver& transceiver, const std::string& codec) {
  const auto known = RTCRtpReceiver::getCapabilities("video");
  std::vector<RTCRtpCodec> wanted;
  for (const RTCRtpCodec& one : known->codecs)
    if (one.mimeType == "video/" + codec || one.mimeType == "video/rtx") wanted.push_back(one);
  transceiver.setCodecPreferences(wanted);
}

Echo::Echo(RTCPeerConnection& pc, const std::string& codec, bool offer) : pc_(pc) {
  if (offer) {
    prefer(*pc.addTransceiver("video"), codec);
    (void)pc.addTransceiver("audio");
  }
  pc.ontrack = [this, counts = counts_, offer](const RTCTrackEvent& event) -> Promise<void> {
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
    if (offer) {
      const auto sender = event.transceiver->sender();
      co_await sender->replaceTrack(event.track);
    } else {
      (void)pc_.addTrack(event.track);
    }
  };
}

nlohmann::json Echo::state() const {
  nlohmann::json directions = nlohmann::json::array();
  for (const auto& transceiver : pc_.getTransceivers()) {
    const auto current = transceiver->currentDirection();
    directions.push_back(current ? nlohmann::json(to_string(*current)) : nlohmann::json(nullptr));
  }
  nlohmann::json layers = nlohmann::json::object();
  for (const auto& [rid, seen] : counts_->layers) layers[rid] = {{"frames", seen.first}, {"width", seen.second}};
  return {{"directions", directions},
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
