#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "jsep/formats.hpp"
#include "sdp/parse.hpp"
#include "unit/sdp/corpus.hpp"

namespace parley::jsep {

inline sdp::Description described(const std::string& text) {
  auto parsed = sdp::parse(text);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? *std::move(parsed) : sdp::Description{};
}

/// Lines as texts, with LF, after the lines that begin every description.
inline sdp::Description session(const std::string& lines) {
  return described("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nt=0 0\n" + lines);
}

/// "96 97" and "a=rtpmap:96 VP8/90000\n…" as a section.
inline sdp::MediaDescription section(const std::string& kind, const std::string& formats, const std::string& lines) {
  sdp::Description whole = session("m=" + kind + " 9 UDP/TLS/RTP/SAVPF " + formats + "\n" + lines);
  EXPECT_EQ(whole.media.size(), 1u);
  return whole.media.empty() ? sdp::MediaDescription{} : whole.media.front();
}

/// The section of a kind in a file of tests/data/sdp.
inline sdp::MediaDescription corpus_section(const std::string& name, std::string_view kind) {
  for (sdp::MediaDescription& media : described(sdp::corpus_text(name)).media)
    if (media.kind == kind) return std::move(media);
  ADD_FAILURE() << name << " has no " << kind;
  return {};
}

/// "111 opus/48000/2 minptime=10;useinbandfec=1", "97 rtx/90000 apt=96": what a description would say.
inline std::vector<std::string> shown(const std::vector<Format>& formats) {
  sdp::MediaDescription media;
  put_formats(media, formats);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < media.formats.size(); ++i) {
    const sdp::Rtpmap& map = media.rtpmaps[i];
    texts.push_back(media.formats[i] + " " + map.encoding + "/" + std::to_string(map.clock_rate) +
                    (map.parameters.empty() ? "" : "/" + map.parameters));
    for (const sdp::Fmtp& fmtp : media.fmtps)
      if (fmtp.format == media.formats[i]) texts.back() += " " + fmtp.parameters;
  }
  return texts;
}

/// The numbers alone: "96 97".
inline std::string numbers(const std::vector<Format>& formats) {
  std::string text;
  for (const Format& format : formats)
    text += (text.empty() ? "" : " ") + std::to_string(unsigned{format.payload_type.get()});
  return text;
}

inline Codec video_codec(std::string name, std::string fmtp = "", std::vector<std::string> feedback = {}) {
  return {.name = std::move(name), .clock_rate = 90000, .fmtp = std::move(fmtp), .feedback = std::move(feedback)};
}
inline Codec audio_codec(std::string name, std::uint32_t clock_rate, unsigned channels, std::string fmtp = "") {
  return {.name = std::move(name), .clock_rate = clock_rate, .channels = channels, .fmtp = std::move(fmtp)};
}
inline Codec h264(const std::string& profile_level_id, const std::string& more = ";packetization-mode=1") {
  return video_codec("H264", "profile-level-id=" + profile_level_id + more);
}

}  // namespace parley::jsep
