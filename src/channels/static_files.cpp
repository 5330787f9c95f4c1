#include "channels/static_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>
#include <utility>

namespace parley::channels {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxBytes = 16 << 20;
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
}};

std::string content_type(const fs::path& file) {
  const std::string extension = file.extension().string();
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& row) { return row.first == extension; });
  return std::string(found == kTypes.end() ? "application/octet-stream" : found->second);
}

/// Both resolved, so that neither ".." nor a symbolic link leads out.
bool is_below(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

}  // namespace

std::optional<StaticFile> read_static_file(const fs::path& folder, std::string_view url_path) {
  if (url_path.empty() || url_path.front() != '/' || url_path.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string relative(url_path == "/" ? "index.html" : url_path.substr(1));
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) return std::nullopt;
  const fs::path file = fs::canonical(root / fs::path(relative).relative_path(), error);
  if (error || !is_below(file, root) || !fs::is_regular_file(file, error)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error || size > kMaxBytes) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));  // unlike iterators, it does not throw
  if (static_cast<std::size_t>(in.gcount()) != bytes.size()) return std::nullopt;
  return StaticFile{content_type(file), std::move(bytes)};
}

}  // namespace parley::channels
