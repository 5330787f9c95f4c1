#include "jsep/static_payload_types.hpp"

#include <algorithm>
#include <string_view>

namespace parley::jsep {
namespace {

struct Row {
  std::uint8_t number;
  std::string_view name;
  std::uint32_t clock_rate;
  unsigned channels;
};
/// RFC 3551 tables 4 and 5.
constexpr Row kRows[] = {
    {0, "PCMU", 8000, 1},   {3, "GSM", 8000, 1},    {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1},  {7, "LPC", 8000, 1},    {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2},  {11, "L16", 44100, 1},  {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1},  {15, "G728", 8000, 1},  {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},  {25, "CelB", 90000, 0}, {26, "JPEG", 90000, 0}, {28, "nv", 90000, 0},
    {31, "H261", 90000, 0}, {32, "MPV", 90000, 0},  {33, "MP2T", 90000, 0}, {34, "H263", 90000, 0},
};

}  // namespace

std::optional<Codec> static_codec(PayloadType payload_type) {
  const auto* row = std::ranges::find(kRows, payload_type.get(), &Row::number);
  if (row == std::end(kRows)) return std::nullopt;
  return Codec{.name = std::string(row->name), .clock_rate = row->clock_rate, .channels = row->channels};
}

std::optional<PayloadType> static_payload_type(const Codec& codec) {
  const auto* row = std::ranges::find_if(kRows, [&](const Row& entry) {
    return has_name(codec, entry.name) && codec.clock_rate == entry.clock_rate && codec.channels == entry.channels;
  });
  return row == std::end(kRows) ? std::nullopt : std::optional(PayloadType(row->number));
}

}  // namespace parley::jsep
