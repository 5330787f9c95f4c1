#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace parley::sdp {

/// The descriptions of tests/data/sdp, by name.
struct CorpusFile {
  std::string name;
  std::string text;
};
inline std::ostream& operator<<(std::ostream& out, const CorpusFile& file) { return out << file.name; }

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<CorpusFile> corpus() {
  std::vector<CorpusFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(PARLEY_TEST_DATA "/sdp"))
    if (entry.path().extension() == ".sdp") files.push_back({entry.path().stem().string(), file_text(entry.path())});
  std::ranges::sort(files, {}, &CorpusFile::name);
  return files;
}

inline std::string corpus_text(const std::string& name) { return file_text(PARLEY_TEST_DATA "/sdp/" + name + ".sdp"); }

}  // namespace parley::sdp
