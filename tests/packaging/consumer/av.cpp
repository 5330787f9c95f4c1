// The same for the component: a file that is not there, and a recording of nothing.
#include <parley/av/file_player.hpp>
#include <parley/av/file_recorder.hpp>

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

int main() try {
  av::FileRecorder recorder("recording.webm");
  recorder.add(MediaStreamTrack::create("audio"));
  const av::Recording recording = recorder.stop().get(30s);
  return there_is_no_file() && recording.tracks.size() == 1 ? 0 : 1;
} catch (const DOMException& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
