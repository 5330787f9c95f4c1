#pragma once

#include <vector>

#include "formats/format.hpp"

namespace parley::formats {

/// Keeps what a packetizer makes.
struct Collector final : PayloadSink {
  void on_payload(std::span<const ByteView> pieces, bool is_last) override {
    Bytes payload;
    for (const ByteView piece : pieces) payload.insert(payload.end(), piece.begin(), piece.end());
    payloads.push_back(std::move(payload));
    last.push_back(is_last);
  }
  [[nodiscard]] std::vector<ByteView> views() const { return {payloads.begin(), payloads.end()}; }

  std::vector<Bytes> payloads;
  std::vector<bool> last;
};

}  // namespace parley::formats
