#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/send_stream.hpp"

/// How the packets of a stream are put together, with what protects them. Of use to SendStream alone.
namespace parley::media {

/// The header extensions of one packet, and its contributing sources. Values live as long as the list.
class SendStream::Extensions {
 public:
  explicit Extensions(const rtp::ExtensionMap& map) : map_(map) {}
  void add(rtp::ExtensionKind kind, ByteView value) {
    if (const std::uint8_t id = map_.id(kind); !value.empty() && map_.has_room(id, value.size()))
      list_[count_++] = {id, value};
  }
  /// Those of a packet beside these that is of no frame and of nobody's media.
  [[nodiscard]] Extensions of_no_frame() const {
    Extensions rest(map_);
    for (const rtp::Extension& one : list())
      if (one.id != map_.id(rtp::ExtensionKind::DependencyDescriptor) &&
          one.id != map_.id(rtp::ExtensionKind::ContributorLevels))
        rest.list_[rest.count_++] = one;
    return rest;
  }
  /// Values that are written when the packet leaves.
  void add_what_comes_later() {
    static constexpr std::array<std::uint8_t, 3> kTime{};
    static constexpr std::array<std::uint8_t, 2> kNumber{};
    add(rtp::ExtensionKind::SendTime, kTime);
    add(rtp::ExtensionKind::TransportSequenceNumber, kNumber);
  }
  /// Of more than a packet can name, the first.
  void name(rtp::Csrcs csrcs) { csrcs_ = csrcs.first(std::min(csrcs.size(), rtp::kMostCsrcs)); }
  [[nodiscard]] rtp::Csrcs csrcs() const { return csrcs_; }
  [[nodiscard]] std::size_t header_size() const { return rtp::header_size(list(), csrcs_); }
  void write(const rtp::Header& header, std::span<std::uint8_t> out) const {
    rtp::write_header(header, list(), out, csrcs_);
  }
  /// Tells the packet where what comes later goes.
  void mark(cc::Packet& packet) const {
    packet.send_time = offset(rtp::ExtensionKind::SendTime);
    packet.transport_number = offset(rtp::ExtensionKind::TransportSequenceNumber);
  }

 private:
  [[nodiscard]] std::span<const rtp::Extension> list() const { return std::span(list_).first(count_); }
  [[nodiscard]] std::uint16_t offset(rtp::ExtensionKind kind) const {
    const std::uint8_t id = map_.id(kind);
    return id == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(rtp::value_offset(list(), id, csrcs_));
  }

  const rtp::ExtensionMap& map_;
  std::array<rtp::Extension, 15> list_{};  // as many as there are kinds
  std::size_t count_ = 0;
  rtp::Csrcs csrcs_;
};

/// Those of a frame. Its first packet may have others.
struct SendStream::FrameExtensions {
  Extensions rest;
  std::optional<Extensions> first = std::nullopt;
};

/// Makes packets of payloads: number, extend, keep, hand over.
class SendStream::Writer final : public formats::PayloadSink {
 public:
  Writer(SendStream& stream, const rtp::Header& header, const Extensions& extensions, Sink& sink);
  Writer(SendStream& stream, const rtp::Header& header, const FrameExtensions& extensions, Sink& sink);

  /// Another frame of the same picture follows.
  void leave_picture_open() { ends_picture_ = false; }
  /// What follows is protected, and put into RED first where the shield has that.
  void protect(Shield& shield) { shield_ = &shield; }
  /// For a payload. What protects a packet holds all of it but the fixed header, behind one of its own.
  [[nodiscard]] std::size_t room() const;

  void on_payload(std::span<const ByteView> pieces, bool last) override;
  /// The payload of the packet whose header was given.
  void on_copied(ByteView payload);
  /// The same, and it stays where it is.
  void on_shared(const OutgoingPacket& given);

 private:
  void use(const Extensions& extensions);
  void place_in_frame(bool last);
  // ULPFEC
  void on_protected(std::span<const ByteView> pieces, std::size_t size);
  void on_red(PayloadType inside, ByteView payload);
  void on_protection(const rtp::Protection& protection);
  // FlexFEC
  [[nodiscard]] Extensions protection_extensions() const;
  [[nodiscard]] std::size_t protection_header() const;
  std::optional<rtp::Protection> protect(const cc::Packet& packet);
  void send_apart(rtp::Protection protection);
  cc::Packet& begin(std::size_t size);
  void finish(cc::Packet& packet, std::size_t payload_size);

  SendStream& stream_;
  rtp::Header header_;
  const Extensions* extensions_ = nullptr;
  const Extensions* rest_ = nullptr;  // of a frame's packets but the first one
  std::size_t header_size_ = 0;
  cc::Packet marks_;
  Sink& sink_;
  Shield* shield_ = nullptr;
  bool first_ = true, ends_picture_ = true;
};

}  // namespace parley::media
