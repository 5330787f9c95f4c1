#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/rtp_numbers.hpp"

/// RTP packets: RFC 3550 section 5.1, header extensions RFC 8285.
namespace parley::rtp {

/// What every packet begins with, before the CSRCs.
inline constexpr std::size_t kFixedHeader = 12;

struct Header {
  PayloadType payload_type{};
  bool marker = false;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  Ssrc ssrc{};
};

/// Whether what arrived on a socket that RTP and RTCP share is RTCP: RFC 5761 section 4.
constexpr bool is_rtcp(ByteView packet) { return packet.size() >= 2 && packet[1] >= 192 && packet[1] <= 223; }

/// Whom a packet comes from, if it is one.
constexpr Ssrc source_of(ByteView packet) {
  return Ssrc(std::uint32_t{packet[8]} << 24 | std::uint32_t{packet[9]} << 16 | std::uint32_t{packet[10]} << 8 |
              packet[11]);
}

/// Likewise, its number.
constexpr std::uint16_t sequence_number_of(ByteView packet) {
  return static_cast<std::uint16_t>(packet[2] << 8 | packet[3]);
}

/// A packet that was received: a view of its bytes.
class PacketView {
 public:
  /// DataError for what is not RTP. Broken header extensions are as if not there.
  static Result<PacketView> parse(ByteView packet);

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] std::size_t csrc_count() const { return csrcs_.size() / 4; }
  [[nodiscard]] Ssrc csrc(std::size_t index) const;
  /// Without padding; empty in a packet that is nothing else.
  [[nodiscard]] ByteView payload() const { return payload_; }
  /// Everything before the payload.
  [[nodiscard]] std::size_t header_size() const { return header_size_; }
  [[nodiscard]] std::size_t padding_size() const { return padding_; }
  /// The value of a header extension; nullopt if the packet has none with this id, or the id is 0.
  [[nodiscard]] std::optional<ByteView> extension(std::uint8_t id) const {
    return id == 0 || extensions_.empty() ? std::nullopt : find_extension(id);
  }

 private:
  [[nodiscard]] std::optional<ByteView> find_extension(std::uint8_t id) const;

  Header header_;
  ByteView csrcs_, payload_, extensions_;
  bool two_byte_ = false;
  std::size_t header_size_ = 0, padding_ = 0;
};

/// One header extension to be written.
struct Extension {
  std::uint8_t id = 0;
  ByteView value;
};

/// The most contributing sources that a packet can name.
inline constexpr std::size_t kMostCsrcs = 15;
/// Contributing sources to be written.
using Csrcs = std::span<const std::uint32_t>;

/// The size of a header with these extensions and contributing sources, and the header itself into `out`, which is as
/// large at least. Ids are 1 to 255, values up to 255 bytes.
std::size_t header_size(std::span<const Extension> extensions, Csrcs csrcs = {});
void write_header(const Header& header, std::span<const Extension> extensions, std::span<std::uint8_t> out,
                  Csrcs csrcs = {});

/// Where write_header() puts the value of the extension with this id; 0 if it is not one of them.
std::size_t value_offset(std::span<const Extension> extensions, std::uint8_t id, Csrcs csrcs = {});

}  // namespace parley::rtp
