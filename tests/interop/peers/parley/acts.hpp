#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace interop {

/// A program that changes its connection as it is told, line by line (../../record/cases.mjs says what there is).
class Acts {
 public:
  explicit Acts(parley::RTCPeerConnection& pc) : pc_(pc) {}

  void perform(const std::string& line);
  /// One line for each transceiver that has a section: mid, kind and current direction, and what has been agreed on for
  /// sending.
  [[nodiscard]] nlohmann::json table() const;
  /// The rids of what the first transceiver of a kind sends.
  [[nodiscard]] nlohmann::json rids(const std::string& kind) const;

 private:
  [[nodiscard]] std::shared_ptr<parley::RTCRtpTransceiver> first(const std::string& kind) const;
  void add(const std::string& kind, const std::string& direction, std::istream& rids);

  parley::RTCPeerConnection& pc_;
  std::shared_ptr<parley::MediaStream> stream_ = parley::MediaStream::create();
  std::vector<std::shared_ptr<parley::RTCDataChannel>> channels_;
};

}  // namespace interop
