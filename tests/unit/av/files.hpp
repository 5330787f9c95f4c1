#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "av/ffmpeg.hpp"

namespace parley::av::test {

inline std::string data(const std::string& name) { return std::string(PARLEY_TEST_DATA) + "/av/" + name; }

inline std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder of the test's own.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-av-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string write(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
    std::ofstream(file(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

/// What a decoder makes of a file.
struct Decoded {
  int video = 0;     // pictures
  double audio = 0;  // seconds of sound
  int width = 0;
  std::vector<int> widths{};  // as they change
  int rotation = 0;           // degrees clockwise
  std::string video_codec, audio_codec;
  double video_start = -1, audio_start = -1, video_end = 0, audio_end = 0;  // in seconds, of packets
};

inline Decoded decode(const std::string& path) {
  Decoded decoded;
  AVFormatContext* opened = nullptr;
  if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return decoded;
  const InputPtr input(opened);
  avformat_find_stream_info(input.get(), nullptr);
  std::vector<CodecPtr> codecs;
  for (unsigned i = 0; i < input->nb_streams; ++i) {
    const AVCodec* codec = avcodec_find_decoder(input->streams[i]->codecpar->codec_id);
    codecs.emplace_back(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(codecs.back().get(), input->streams[i]->codecpar);
    EXPECT_GE(avcodec_open2(codecs.back().get(), codec, nullptr), 0);
    const auto* const matrix = av_stream_get_side_data(input->streams[i], AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (matrix != nullptr)
      decoded.rotation = static_cast<int>(-av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix)));
  }
  const PacketPtr packet(av_packet_alloc());
  const FramePtr frame(av_frame_alloc());
  const auto drain = [&](AVCodecContext& codec) {
    while (avcodec_receive_frame(&codec, frame.get()) == 0) {
      if (codec.codec_type == AVMEDIA_TYPE_VIDEO) {
        EXPECT_EQ(frame->decode_error_flags, 0);
        ++decoded.video;
        if (decoded.width != frame->width) decoded.widths.push_back(frame->width);
        decoded.width = frame->width;
        decoded.video_codec = avcodec_get_name(codec.codec_id);
      } else {
        decoded.audio += static_cast<double>(frame->nb_samples) / frame->sample_rate;
        decoded.audio_codec = avcodec_get_name(codec.codec_id);
      }
    }
  };
  while (av_read_frame(input.get(), packet.get()) >= 0) {
    AVCodecContext& codec = *codecs[static_cast<std::size_t>(packet->stream_index)];
    const double at = static_cast<double>(packet->pts) * av_q2d(input->streams[packet->stream_index]->time_base);
    double& start = codec.codec_type == AVMEDIA_TYPE_VIDEO ? decoded.video_start : decoded.audio_start;
    double& end = codec.codec_type == AVMEDIA_TYPE_VIDEO ? decoded.video_end : decoded.audio_end;
    if (start < 0) start = at;
    end = std::max(end, at);
    EXPECT_GE(avcodec_send_packet(&codec, packet.get()), 0);
    drain(codec);
    av_packet_unref(packet.get());
  }
  for (const CodecPtr& codec : codecs) {
    avcodec_send_packet(codec.get(), nullptr);
    drain(*codec);
  }
  return decoded;
}

}  // namespace parley::av::test
