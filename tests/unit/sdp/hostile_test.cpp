#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "sdp/parse.hpp"
#include "sdp/print.hpp"
#include "unit/sdp/corpus.hpp"

namespace parley::sdp {
namespace {

/// Small damages to a text, the same ones in every run.
class Mutator {
 public:
  std::string damage(std::string text, const std::string& other) {
    for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) damage_once(text, other);
    return text;
  }
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

 private:
  void damage_once(std::string& text, const std::string& other) {
    static constexpr std::string_view kBits[] = {"\n",        "\r\n",    "a=",          "m=",
                                                 "=",         ":",       ";",           ",",
                                                 "~",         "/",       " ",           "\t",
                                                 "\r",        "0",       "-1",          "9999999999999999999999",
                                                 "v=0\r\n",   "s=\r\n",  "a=mid:0\r\n", "a=rid:a send ;x= ;\r\n",
                                                 "t=1 1\r\n", "r=1\r\n", "\xff"};
    const std::size_t at = below(text.size());
    switch (below(7)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, below(40));
        break;
      case 2:
        text.insert(at, kBits[below(std::size(kBits))]);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      case 4:
        text.insert(at, other.substr(below(other.size()), below(400)));
        break;
      case 5:
        swap_lines(text);
        break;
      default:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
    }
  }
  void swap_lines(std::string& text) {
    const std::size_t from = text.find('\n', below(text.size()));
    if (from == std::string::npos) return;
    const std::size_t end = text.find('\n', from + 1);
    if (end == std::string::npos) return;
    const std::string line = text.substr(from + 1, end - from);
    text.erase(from + 1, line.size());
    text.insert(std::min(text.find('\n', below(text.size())), text.size() - 1) + 1, line);
  }

  std::mt19937 random_{20240411};
};

TEST(SdpHostile, WhateverIsReadReadsTheSameWhenPrinted) {
  Mutator mutator;
  const auto files = corpus();
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string& base = files[mutator.below(files.size())].text;
    const std::string text = mutator.damage(base, files[mutator.below(files.size())].text);
    const auto first = parse(text);
    if (!first) {
      ++refused;
      const int line = *first.error().detail->sdpLineNumber;
      ASSERT_TRUE(line >= 1 && line <= std::ranges::count(text, '\n') + 1) << text;
      continue;
    }
    ++accepted;
    const auto second = parse(print(*first));
    ASSERT_TRUE(second) << second.error().message << '\n' << text;
    ASSERT_EQ(*second, *first) << text;
  }
  EXPECT_GT(accepted, 300U);
  EXPECT_GT(refused, 300U);
}

TEST(SdpHostile, ShortNoiseNeverDoesHarm) {
  std::mt19937 random(7);
  constexpr std::string_view kLetters = "vosamcbt=:0 19/-\r\n;,~";
  for (int round = 0; round < 5000; ++round) {
    std::string text = "v=0\no=- 1 1 IN IP4 0\nm=a 1 RTP 1\n";
    text.resize(random() % text.size());
    for (std::size_t size = random() % 60; size > 0; --size) text += kLetters[random() % kLetters.size()];
    const auto first = parse(text);
    EXPECT_TRUE(!first || *parse(print(*first)) == *first) << text;
  }
}

/// Processor time of parsing and printing, the best of three.
double seconds_for(const std::string& text) {
  double best = 1e9;
  for (int run = 0; run < 3; ++run) {
    const std::clock_t start = std::clock();
    const auto description = parse(text);
    EXPECT_TRUE(!description || !print(*description).empty());
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

struct Shape {
  const char* name;
  std::string_view before;
  std::string_view repeated;
};

constexpr Shape kShapes[] = {
    {"unknown attributes", "", "a=x:y\n"},
    {"unknown lines", "", "k=y\nX=z\ni=1\n"},
    {"times", "", "t=0 0\nr=1\n"},
    {"the same again", "m=a 1 RTP 1\n", "a=mid:0\na=sendonly\n"},
    {"ice options", "", "a=ice-options:q\n"},
    {"words of one ice-options", "a=ice-options:a", " b"},
    {"mids of one group", "a=group:BUNDLE", " 1"},
    {"formats", "m=a 1 RTP 1", " 1"},
    {"layers", "m=a 1 RTP 1\na=simulcast:send 1", ";1"},
    {"alternatives", "m=a 1 RTP 1\na=simulcast:send 1", ",1"},
    {"restrictions", "m=a 1 RTP 1\na=rid:1 send ", ";a=b"},
    {"sources", "m=a 1 RTP 1\na=ssrc-group:FID", " 1"},
    {"fingerprint", "a=fingerprint:x 00", ":00"},
    {"slashes", "m=a 1 ", "a/"},
    {"spaces", "a=mid:", " "},
    {"blank lines", "", "\n"},
    {"carriage returns", "a=", "\r"},
    {"one long value", "a=", "x"},
    {"connections", "", "c=a b c\n"},
};

TEST(SdpHostile, TimeIsLinearInSize) {
  for (const Shape& shape : kShapes) {
    const auto text = [&](std::size_t count) {
      std::string all = "v=0\no=- 1 1 IN IP4 0\n" + std::string(shape.before);
      for (; count > 0; --count) all += shape.repeated;
      return all;
    };
    // Eight times the size: about 8 times the time if linear, 64 if quadratic. Little time is no evidence.
    const double small = seconds_for(text(2000));
    const double large = seconds_for(text(16000));
    EXPECT_TRUE(large < 0.02 || large < 24 * small) << shape.name << ": " << small << " s, then " << large << " s";
  }
}

}  // namespace
}  // namespace parley::sdp
