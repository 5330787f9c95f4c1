#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "jsep/create.hpp"
#include "jsep/view.hpp"
#include "sdp/model.hpp"

/// The parts of which create_offer and create_answer make descriptions.
namespace parley::jsep {

/// The session level: RFC 9429 section 5.2.1.
sdp::Description empty_description(const Snapshot& snapshot);

/// What a section says about its transport.
struct TransportLines {
  IceCredentials ice;
  std::string tls_id;
  sdp::Setup setup = sdp::Setup::ActPass;
  bool trickle = true;
};
/// Every section says it, bundled or not: RFC 8859 would have it in one section of a group only, but peers look for it
/// in each, and all browsers write it there.
void put_transport(sdp::MediaDescription& media, const LocalParameters& local, const TransportLines& transport);

/// The data section in the form of RFC 8841, without its transport. `mid` is absent only in an answer to an offer
/// without one.
sdp::MediaDescription data_media(std::optional<std::string> mid, const LocalParameters& local);
/// The data section as an answer to `offered`, in the form that it has.
sdp::MediaDescription answering_data_media(const sdp::MediaDescription& offered, const LocalParameters& local);
/// The section `like` with port zero and nothing that concerns a transport (RFC 3264 section 6).
sdp::MediaDescription rejected_media(const sdp::MediaDescription& like);

/// What a section of audio or video says about its media.
struct RtpLines {
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  std::optional<std::string> mid;
  Direction direction = Direction::Inactive;
  std::vector<Format> formats;
  std::vector<sdp::Extmap> extensions;
  /// As the offer says it of this section alone; for all of them empty_description() has it.
  bool mixed_extensions = false;
  std::vector<std::string> sent_layers, received_layers;
  bool reduced_size_rtcp = true;
  bool encrypted_headers = false;
  /// The source of FlexFEC is named. Pion takes it for a second track, and refuses that.
  bool names_protection = false;
};
sdp::MediaDescription rtp_media(const Transceiver& transceiver, const LocalParameters& local, const RtpLines& lines);

/// The ids that descriptions have bound, those that apply and those before them.
ExtensionIds extension_ids_of(const Snapshot& snapshot);

/// Numbers and ids as the descriptions so far have bound them.
struct Numbers {
  explicit Numbers(const Snapshot& snapshot);
  PayloadTypes payload_types;
  ExtensionIds extension_ids;
};

/// Hands out LocalParameters::fresh in order.
class FreshTransports {
 public:
  explicit FreshTransports(const LocalParameters& local) : local_(local) {}
  /// OperationError when there are no more.
  Result<FreshTransport> take();

 private:
  const LocalParameters& local_;
  std::size_t used_ = 0;
};

}  // namespace parley::jsep
