// What tests say and ask of encodings and codecs.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/pair.hpp"

namespace parley::test {

using Encodings = std::vector<RTCRtpEncodingParameters>;

inline Encodings encodings_of(const std::vector<std::string>& rids) {
  Encodings encodings;
  for (const std::string& rid : rids) encodings.push_back({.rid = rid});
  return encodings;
}

inline std::vector<double> scales_of(const RTCRtpSendParameters& parameters) {
  std::vector<double> scales;
  for (const RTCRtpEncodingParameters& encoding : parameters.encodings)
    scales.push_back(encoding.scaleResolutionDownBy.value_or(-1));
  return scales;
}

inline std::vector<std::string> rids_of(const RTCRtpSender& sender) {
  std::vector<std::string> rids;
  for (const RTCRtpEncodingParameters& encoding : sender.getParameters().encodings)
    rids.push_back(encoding.rid.value_or("-"));
  return rids;
}

inline RTCRtpCodec codec_named(const std::string& mime_type) {
  const auto known = RTCRtpSender::getCapabilities(mime_type.substr(0, 5));
  for (const RTCRtpCodec& codec : known->codecs)
    if (codec.mimeType == mime_type) return codec;
  ADD_FAILURE() << "no codec " << mime_type;
  return {};
}

/// What setParameters() says to parameters of this sender that have been changed in the same task.
inline std::string verdict(const std::shared_ptr<RTCRtpSender>& sender,
                           const std::function<void(RTCRtpSendParameters&)>& change) {
  std::string name = "accepted";
  run([&]() -> Promise<void> {
    RTCRtpSendParameters parameters = sender->getParameters();
    change(parameters);
    try {
      co_await sender->setParameters(parameters);
    } catch (const Exception& error) {
      name = error.name();
    }
  });
  return name;
}

}  // namespace parley::test
