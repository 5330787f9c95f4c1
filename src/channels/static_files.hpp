#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace parley::channels {

struct StaticFile {
  std::string content_type;
  std::string body;
};

/// The file that `url_path` (decoded, with a leading slash) names below `folder`; "/" is its index.html. Nothing if
/// there is none, if it is not a plain file of at most 16 MiB, or if the path leads out of the folder.
std::optional<StaticFile> read_static_file(const std::filesystem::path& folder, std::string_view url_path);

}  // namespace parley::channels
