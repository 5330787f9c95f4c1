#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "unit/sdp/corpus.hpp"

/// What two real peers once did with each other, as tests/data/sdp/README.md says of the files in recorded/.
namespace parley::jsep {

/// What one side said of a transceiver after the answer.
struct Row {
  std::string mid, kind, current;
  /// "96=VP8": parley alone says that.
  std::vector<std::string> codecs;
};

struct Round {
  bool first_offers = true;
  std::vector<std::string> offering, answering;
  std::vector<Row> first, second;
  std::string offer, answer;
};

struct Story {
  std::string name;
  /// Of the case: "media".
  std::string about;
  std::string first, second;
  std::vector<Round> rounds;
};

inline Row row_of(std::istream& words) {
  Row row;
  words >> row.mid >> row.kind >> row.current;
  for (std::string codec; words >> codec;) row.codecs.push_back(codec);
  return row;
}

inline std::string rest_of(std::istream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

inline Story read_story(const std::filesystem::path& path) {
  Story story{.name = path.stem().string()};
  std::ifstream file(path);
  std::string line, word;
  std::getline(file, line);
  std::istringstream title(line);  // "media: FIRST offers first, SECOND answers"
  title >> story.about >> story.first >> word >> word >> story.second;
  story.about.pop_back();
  while (std::getline(file, line)) {
    std::istringstream words(line);
    if (!(words >> word)) continue;
    if (word == "round") {
      const std::string base =
          (path.parent_path() / path.stem()).string() + "." + std::to_string(story.rounds.size() + 1);
      story.rounds.push_back({.first_offers = rest_of(words) == "first",
                              .offer = sdp::file_text(base + ".offer.sdp"),
                              .answer = sdp::file_text(base + ".answer.sdp")});
    } else if (word == "offering") {
      story.rounds.back().offering.push_back(rest_of(words));
    } else if (word == "answering") {
      story.rounds.back().answering.push_back(rest_of(words));
    } else {
      (word == "first" ? story.rounds.back().first : story.rounds.back().second).push_back(row_of(words));
    }
  }
  return story;
}

}  // namespace parley::jsep
