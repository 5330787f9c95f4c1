#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace parley::sdp {

/// The folders of tests/data/sdp/recorded: a peer and its version each.
inline std::vector<std::string> recorded_peers() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(PARLEY_TEST_DATA "/sdp/recorded"))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

/// The files of that peer with that ending.
inline std::vector<std::filesystem::path> recorded_files(const std::string& peer, const std::string& extension) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PARLEY_TEST_DATA "/sdp/recorded/" + peer))
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

/// The name of a test about that peer.
inline std::string test_name(std::string peer) {
  std::ranges::replace_if(
      peer, [](char c) { return c == '-' || c == '.'; }, '_');
  return peer;
}

}  // namespace parley::sdp
