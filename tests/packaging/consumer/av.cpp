// The same for the component: a file that is not there, a recording of nothing, a grey picture and silence there and
// back.
#include <parley/av/audio_codecs.hpp>
#include <parley/av/file_player.hpp>
#include <parley/av/file_recorder.hpp>
#include <parley/av/video_decoder.hpp>
#include <parley/av/video_encoder.hpp>

#include <chrono>
#include <cstdio>

using namespace parley;
using namespace std::chrono_literals;

static bool there_is_no_file() try {
  const av::FilePlayer player("no such file.webm");
  return false;
} catch (const NotFoundError& error) {
  std::printf("%s\n", error.what());
  return true;
}

static bool a_picture_comes_back() {
  const av::Picture grey{.width = 64, .height = 48, .data = std::vector<std::uint8_t>(av::picture_size(64, 48), 128)};
  for (const char* codec : {"video/VP8", "video/H264"}) {
    av::VideoEncoder encoder({.mimeType = codec});
    av::VideoDecoder decoder(codec);
    const auto frame = encoder.encode(grey);
    if (!frame || decoder.decode(*frame).size() != 1) return false;
  }
  return true;
}

static bool silence_comes_back() {
  av::AudioEncoder encoder;
  av::AudioDecoder decoder;
  const auto frames = encoder.encode({.samples = std::vector<std::int16_t>(960)});
  return frames.size() == 1 && decoder.decode(frames[0]).samples.size() == 2 * 960;
}

int main() try {
  av::FileRecorder recorder("recording.webm");
  recorder.add(MediaStreamTrack::create("audio"));
  const av::Recording recording = recorder.stop().get(30s);
  return there_is_no_file() && a_picture_comes_back() && silence_comes_back() && recording.tracks.size() == 1 ? 0 : 1;
} catch (const DOMException& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
