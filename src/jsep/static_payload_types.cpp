#include "jsep/static_payload_types.hpp"

#include <algorithm>
#include <string_view>

namespace parley::jsep {
namespace {

struct StaticType {
  std::uint8_t number;
  std::string_view name;
  std::uint32_t clock_rate;
  unsigned channels;
};
/// RFC 3551 tables 4 and 5.
constexpr StaticType kStaticTypes[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},  {25, "CelB", 90000, 0}, {26, "JPEG", 90000, 0}, {28, "nv", 90000, 0},
    {31, "H261", 90000, 0}, {32, "MPV", 90000, 0},  {33, "MP2T", 90000, 0}, {34, "H263", 90000, 0},
};

/// One of `parts` for each thing that its parameters have to say.
struct UsualRow {
  std::uint8_t number, retransmission;  // 0: none
  std::string_view name;
  std::uint32_t clock_rate;
  std::string_view parts[2];
};
constexpr UsualRow kUsual[] = {
    // As everybody else calls it: what Firefox says later of 109 may stand beside that. Pion gives 109 to video.
    {111, 0, "opus", 48000, {}},
    {109, 0, "opus", 48000, {}},
    {101, 0, "telephone-event", 8000, {}},
    {120, 124, "VP8", 90000, {}},
    {121, 125, "VP9", 90000, {"profile-id=0"}},
    {126, 127, "H264", 90000, {"profile-level-id=42e01f", "packetization-mode=1"}},
    {97, 98, "H264", 90000, {"profile-level-id=42e01f", "packetization-mode=0"}},
    {105, 106, "H264", 90000, {"profile-level-id=42001f", "packetization-mode=1"}},
    {103, 104, "H264", 90000, {"profile-level-id=42001f", "packetization-mode=0"}},
    {99, 100, "AV1", 90000, {}},
    {122, 119, "red", 90000, {}},
    {123, 0, "ulpfec", 90000, {}},
};

bool is_row_of(const UsualRow& row, const Codec& codec) {
  return has_name(codec, row.name) && codec.clock_rate == row.clock_rate &&
         std::ranges::all_of(row.parts, [&](auto part) { return codec.fmtp.find(part) != std::string::npos; });
}

}  // namespace

std::optional<Codec> static_codec(PayloadType payload_type) {
  const auto* row = std::ranges::find(kStaticTypes, payload_type.get(), &StaticType::number);
  if (row == std::end(kStaticTypes)) return std::nullopt;
  return Codec{.name = std::string(row->name), .clock_rate = row->clock_rate, .channels = row->channels};
}

std::optional<PayloadType> static_payload_type(const Codec& codec) {
  const auto* row = std::ranges::find_if(kStaticTypes, [&](const StaticType& entry) {
    return has_name(codec, entry.name) && codec.clock_rate == entry.clock_rate && codec.channels == entry.channels;
  });
  return row == std::end(kStaticTypes) ? std::nullopt : std::optional(PayloadType(row->number));
}

std::optional<PayloadType> usual_payload_type(const Format& format) {
  const auto* row = std::ranges::find_if(kUsual, [&](const UsualRow& entry) {
    return format.associated ? entry.number == format.associated->get() && entry.retransmission != 0
                             : is_row_of(entry, format.codec);
  });
  if (row == std::end(kUsual)) return std::nullopt;
  return PayloadType(format.associated ? row->retransmission : row->number);
}

bool is_usual_payload_type(PayloadType payload_type) {
  return std::ranges::any_of(kUsual, [number = payload_type.get()](const UsualRow& row) {
    return number == row.number || number == row.retransmission;
  });
}

}  // namespace parley::jsep
