#include "av/demuxer.hpp"

#include <gtest/gtest.h>

#include <set>

#include "files.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

using namespace std::chrono_literals;

struct File {
  const char* name;
  const char* video;  // nullptr: none
  int pictures;
  int packets;  // of sound
};

class Demuxed : public testing::TestWithParam<File> {};

std::vector<Unit> read_all(Demuxer& demuxer) {
  std::vector<Unit> units;
  while (auto unit = demuxer.read()) units.push_back(*std::move(unit));
  return units;
}

TEST_P(Demuxed, GivesAllFramesInOrderAndAgainAfterRewinding) {
  const File file = GetParam();
  Demuxer demuxer(test::data(file.name));
  ASSERT_EQ(demuxer.video().has_value(), file.video != nullptr);
  if (file.video != nullptr) {
    EXPECT_EQ(demuxer.video()->mime_type, file.video);
    EXPECT_EQ(demuxer.video()->width, 160);
    EXPECT_EQ(demuxer.video()->height, 120);
  }
  EXPECT_EQ(demuxer.audio().has_value(), file.packets > 0);
  std::vector<Unit> first;
  for (int round = 0; round < 3; ++round) {
    const auto units = read_all(demuxer);
    int pictures = 0, keys = 0, packets = 0;
    microseconds last[2]{-1s, -1s}, end = 0us;
    for (const Unit& unit : units) {
      ++(unit.kind == Kind::Video ? pictures : packets);
      if (unit.kind == Kind::Video && unit.key) ++keys;
      auto& before = last[unit.kind == Kind::Video ? 0 : 1];
      EXPECT_GE(unit.decode_at, before);
      EXPECT_GE(unit.show_at, unit.decode_at);
      before = unit.decode_at;
      end = std::max(end, unit.show_at + unit.duration);
    }
    EXPECT_EQ(pictures, file.pictures);
    EXPECT_EQ(keys, file.pictures / 15);
    EXPECT_EQ(packets, file.packets);
    EXPECT_GE(end, 1990ms);
    EXPECT_LE(end, 2100ms);
    if (round == 0) first = units;
    ASSERT_EQ(units.size(), first.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      ASSERT_EQ(units[i].data, first[i].data) << i << " in round " << round;
      EXPECT_EQ(units[i].decode_at, first[i].decode_at) << i << " in round " << round;
    }
    demuxer.rewind();
  }
}

TEST_P(Demuxed, ACutOffFileGivesWhatItHasOrIsRefused) {
  const test::Folder folder;
  const auto whole = test::bytes_of(test::data(GetParam().name));
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 23 + 1) {
    const auto path = folder.write("cut", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    try {
      Demuxer demuxer(path);
      const auto units = read_all(demuxer);
      EXPECT_LE(units.size(), static_cast<std::size_t>(GetParam().pictures + GetParam().packets));
    } catch (const DOMException&) {
    }
  }
}

TEST_P(Demuxed, DamageDoesNoHarm) {
  const test::Folder folder;
  const auto whole = test::bytes_of(test::data(GetParam().name));
  std::uint32_t random = 1;
  for (int round = 0; round < 40; ++round) {
    auto bytes = whole;
    for (int i = 0; i < 20; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[(random >> 8) % bytes.size()] = static_cast<std::uint8_t>(random >> 24);
    }
    try {
      Demuxer demuxer(folder.write("damaged", bytes));
      (void)read_all(demuxer);
      demuxer.rewind();
      (void)read_all(demuxer);
    } catch (const DOMException&) {
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Demuxed,
                         testing::Values(File{"vp8-opus.webm", "video/VP8", 30, 101},
                                         File{"vp9-opus.webm", "video/VP9", 30, 101},
                                         File{"h264-opus.mp4", "video/H264", 30, 101},
                                         File{"h265.mp4", "video/H265", 30, 0}, File{"av1.mp4", "video/AV1", 30, 0},
                                         File{"h264.h264", "video/H264", 30, 0}, File{"h265.h265", "video/H265", 30, 0},
                                         File{"vp8.ivf", "video/VP8", 30, 0}, File{"opus.ogg", nullptr, 0, 101}),
                         [](const auto& file) {
                           std::string name = file.param.name;
                           for (char& letter : name)
                             if (letter == '-' || letter == '.') letter = '_';
                           return name;
                         });

TEST(Demuxer, H264InMp4BecomesAByteStreamWithItsParameterSets) {
  Demuxer demuxer(test::data("h264-opus.mp4"));
  for (auto unit = demuxer.read(); unit; unit = demuxer.read()) {
    if (unit->kind != Kind::Video) continue;
    ASSERT_GE(unit->data.size(), 5U);
    const std::vector<std::uint8_t> start(unit->data.begin(), unit->data.begin() + 4);
    EXPECT_TRUE(start == (std::vector<std::uint8_t>{0, 0, 0, 1}) || (start[0] == 0 && start[1] == 0 && start[2] == 1));
    if (!unit->key) continue;
    int parameter_sets = 0;
    for (std::size_t i = 0; i + 3 < unit->data.size(); ++i)
      if (unit->data[i] == 0 && unit->data[i + 1] == 0 && unit->data[i + 2] == 1 && (unit->data[i + 3] & 0x1F) == 7)
        ++parameter_sets;
    EXPECT_EQ(parameter_sets, 1);
  }
}

TEST(Demuxer, FramesThatAreShownLaterThanDecodedKeepBothTimes) {
  Demuxer demuxer(test::data("h264-opus.mp4"));
  int later = 0;
  microseconds last_shown = -1s;
  bool back = false;
  for (auto unit = demuxer.read(); unit; unit = demuxer.read()) {
    if (unit->kind != Kind::Video) continue;
    if (unit->show_at > unit->decode_at) ++later;
    if (unit->show_at < last_shown) back = true;
    last_shown = unit->show_at;
  }
  EXPECT_GT(later, 5);
  EXPECT_TRUE(back);
}

/// Matroska says only when frames are shown, and three of these are shown before the one that is decoded before them.
TEST(Demuxer, EachFrameOfMatroskaHasATimeOfItsOwn) {
  Demuxer demuxer(test::data("h265-reordered.mkv"));
  for (const bool again : {false, true}) {
    if (again) demuxer.rewind();
    std::set<microseconds> shown;
    microseconds last = microseconds::min();
    std::size_t frames = 0;
    for (auto unit = demuxer.read(); unit; unit = demuxer.read()) {
      shown.insert(unit->show_at);
      EXPECT_LE(last, unit->decode_at);
      EXPECT_LE(unit->decode_at, unit->show_at);
      last = unit->decode_at;
      ++frames;
    }
    EXPECT_GT(frames, 20U);
    EXPECT_EQ(shown.size(), frames);
  }
}

TEST(Demuxer, ReadsIvfOfEveryCodec) {
  for (const auto& [name, codec] : {std::pair("vp8", "video/VP8"), std::pair("vp9", "video/VP9"),
                                    std::pair("av1", "video/AV1"), std::pair("h264", "video/H264")}) {
    Demuxer demuxer(std::string(PARLEY_TEST_DATA) + "/formats/" + name + ".ivf");
    ASSERT_TRUE(demuxer.video()) << name;
    EXPECT_EQ(demuxer.video()->mime_type, codec);
    EXPECT_EQ(demuxer.video()->width, 66) << name;
    EXPECT_EQ(read_all(demuxer).size(), 6U) << name;
  }
}

TEST(Demuxer, SaysByTypeWhyAFileIsNotPlayed) {
  const test::Folder folder;
  EXPECT_THROW(Demuxer(folder.file("nowhere.webm")), NotFoundError);
  EXPECT_THROW(Demuxer(""), DOMException);
  EXPECT_THROW(Demuxer(folder.file("")), NotReadableError);  // a folder
  EXPECT_THROW(Demuxer(folder.write("empty.webm", {})), DataError);
  EXPECT_THROW(Demuxer(folder.write("text.webm", {'h', 'e', 'l', 'l', 'o', '\n'})), DataError);
  // MP4 whose list of samples is at its end, and missing.
  auto cut = test::bytes_of(test::data("h264-opus.mp4"));
  cut.resize(cut.size() / 2);
  EXPECT_THROW(Demuxer(folder.write("cut.mp4", cut)), DataError);
}

TEST(Demuxer, OpensNothingThatAFileNames) {
  const test::Folder folder;
  const std::string list =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + test::data("vp8-opus.webm") + "\n#EXT-X-ENDLIST\n";
  EXPECT_THROW(Demuxer(folder.write("list.m3u8", {list.begin(), list.end()})), DataError);
  const std::string concat = "ffconcat version 1.0\nfile " + test::data("vp8-opus.webm") + "\n";
  EXPECT_THROW(Demuxer(folder.write("list.webm", {concat.begin(), concat.end()})), DataError);
  EXPECT_THROW(Demuxer("concat:" + test::data("vp8.ivf")), NotFoundError);
}

}  // namespace
}  // namespace parley::av
