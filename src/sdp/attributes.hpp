#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sdp/line_writer.hpp"
#include "sdp/model.hpp"

/// Which attributes have a field, as tables: one row each, in the order of printing.
namespace parley::sdp {

enum class Outcome { Stored, Malformed, Contradiction };
/// What becomes of a line that cannot be stored: an error, or an entry of Section::attributes.
enum class Otherwise { Refuse, KeepRaw };

/// The text of an a= line.
struct AttributeText {
  std::string_view name;
  std::optional<std::string_view> value;
};

template <class Owner>
struct Row {
  std::string_view name;
  /// Where its grammar stands, for the error message.
  std::string_view source;
  Otherwise otherwise;
  Outcome (*parse)(Owner& owner, const AttributeText& attribute);
  void (*print)(const Owner& owner, std::string_view name, LineWriter& out);
};

std::span<const Row<Description>> session_attributes();
std::span<const Row<MediaDescription>> media_attributes();

}  // namespace parley::sdp
