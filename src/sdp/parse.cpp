#include "sdp/parse.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "sdp/attributes.hpp"
#include "sdp/grammar.hpp"
#include "sdp/line_order.hpp"
#include "sdp/words.hpp"

namespace parley::sdp {
namespace {

/// Why a line is refused; nullopt if it is not. Never quotes the line: it may hold a password.
using Refusal = std::optional<std::string>;

Refusal malformed(std::string_view what, std::string_view source) {
  return std::string(what).append(" does not follow its grammar (").append(source).append(")");
}

Refusal repeated(std::string_view what) { return std::string(what).append(" contradicts an earlier one"); }

constexpr const char* kNoVersion = "a description starts with v=0 (RFC 8866 section 5.1)";
constexpr const char* kNoOrigin = "the session has no o= (RFC 8866 section 5.2)";

std::string_view without_line_end(std::string_view line) { return line.substr(0, line.find_last_not_of(" \t\r") + 1); }

template <class Owner>
Refusal take_attribute(Owner& owner, std::span<const Row<Owner>> rows, std::string_view text) {
  const bool valued = text.find(':') != std::string_view::npos;
  AttributeText attribute{take_until(text, ':'), std::nullopt};
  if (valued) attribute.value = text;
  const auto row = std::ranges::find(rows, attribute.name, &Row<Owner>::name);
  const Outcome outcome = row == rows.end() ? Outcome::Malformed : row->parse(owner, attribute);
  if (outcome == Outcome::Stored) return std::nullopt;
  if (row != rows.end() && row->otherwise == Otherwise::Refuse) {
    const std::string what = "a=" + std::string(attribute.name);
    return outcome == Outcome::Malformed ? malformed(what, row->source) : repeated(what);
  }
  owner.attributes.push_back({std::string(attribute.name), std::optional<std::string>(attribute.value)});
  return std::nullopt;
}

/// c=, b= and whatever has no field. A second c= (RFC 8866 section 5.7) has none.
Refusal take_common(Section& section, char type, std::string_view text) {
  if (type == 'c' && !section.connection) {
    section.connection = read<Connection>(text);
    return section.connection ? std::nullopt : malformed("c=", "RFC 8866 section 5.7");
  }
  if (type == 'b') {
    if (auto bandwidth = read<Bandwidth>(text)) {
      section.bandwidths.push_back(*std::move(bandwidth));
      return std::nullopt;
    }
  }
  section.lines.push_back({type, std::string(text)});
  return std::nullopt;
}

class Parser {
 public:
  Refusal take_line(std::string_view line);
  /// What is missing when there are no more lines.
  [[nodiscard]] Refusal finish();
  Description take() && { return std::move(description_); }

 private:
  Refusal take_session_line(char type, std::string_view text);
  Refusal take_media(std::string_view text);

  Description description_;
  bool version_ = false, origin_ = false, name_ = false, timing_ = false;
};

Refusal Parser::take_line(std::string_view line) {
  if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos)
    return "a control character inside a line";
  if (!version_) {
    version_ = line == "v=0";
    return version_ ? std::nullopt : Refusal(kNoVersion);
  }
  const bool typed = line.size() >= 2 && line[1] == '=' && is_alphanumeric(line[0]);
  if (!typed) return "not of the form <type>=<value> (RFC 8866 section 5)";
  const char type = line[0];
  const std::string_view text = line.substr(2);
  if (type == 'v') return "v= is the first line only (RFC 8866 section 5.1)";
  if (type == 'm') return take_media(text);
  if (description_.media.empty()) return take_session_line(type, text);
  MediaDescription& media = description_.media.back();
  return type == 'a' ? take_attribute(media, media_attributes(), text) : take_common(media, type, text);
}

Refusal Parser::take_session_line(char type, std::string_view text) {
  if (type == 'a') return take_attribute(description_, session_attributes(), text);
  if (type == 'o') {
    const auto origin = read<Origin>(text);
    if (std::exchange(origin_, true)) return "o= appears twice (RFC 8866 section 5.2)";
    if (!origin) return malformed("o=", "RFC 8866 section 5.2");
    description_.origin = *origin;
  } else if (type == 's') {
    if (std::exchange(name_, true)) return "s= appears twice (RFC 8866 section 5.3)";
    if (!text.empty()) description_.name = text;
  } else if (type == 't' && !std::exchange(timing_, true)) {
    const auto timing = read<Timing>(text);
    if (!timing) return malformed("t=", "RFC 8866 section 5.9");
    description_.timing = *timing;
  } else {
    return take_common(description_, type, text);
  }
  return std::nullopt;
}

Refusal Parser::take_media(std::string_view text) {
  if (!origin_) return kNoOrigin;
  if (description_.media.size() == kMaxMedia) return "more than " + std::to_string(kMaxMedia) + " media sections";
  auto media = read<MediaDescription>(text);
  if (!media) return malformed("m=", "RFC 8866 section 5.14");
  description_.media.push_back(*std::move(media));
  return std::nullopt;
}

Refusal Parser::finish() {
  if (!version_) return kNoVersion;
  if (!origin_) return kNoOrigin;
  const auto arrange = [](Section& section, std::string_view order) {
    std::ranges::stable_sort(section.lines, {}, [order](const Line& line) { return place_of(line.type, order); });
  };
  arrange(description_, kSessionOrder);
  for (MediaDescription& media : description_.media) arrange(media, kMediaOrder);
  return std::nullopt;
}

Unexpected<Error> refusal_at(int line, const std::string& why) {
  return Unexpected(Error{.kind = ErrorKind::RTCError,
                          .message = "SDP line " + std::to_string(line) + ": " + why,
                          .detail = RTCErrorInit{RTCErrorDetailType::SdpSyntaxError, line}});
}

}  // namespace

Result<Description> parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return refusal_at(1, "the description is larger than " + std::to_string(kMaxBytes) + " bytes");
  Parser parser;
  std::size_t count = 0;
  while (!text.empty()) {
    const std::string_view line = without_line_end(take_until(text, '\n'));
    if (++count > kMaxLines) return refusal_at(static_cast<int>(count), "more lines than " + std::to_string(kMaxLines));
    if (line.empty()) continue;
    if (const auto refusal = parser.take_line(line)) return refusal_at(static_cast<int>(count), *refusal);
  }
  if (const auto refusal = parser.finish()) return refusal_at(std::max(1, static_cast<int>(count)), *refusal);
  return std::move(parser).take();
}

}  // namespace parley::sdp
