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

/// The data section in the form of RFC 8841. `mid` is absent only in an answer to an offer without one.
sdp::MediaDescription data_media(std::optional<std::string> mid, const LocalParameters& local,
                                 const TransportLines& transport);
/// The data section as an answer to `offered`, in the form that it has.
sdp::MediaDescription answering_data_media(const sdp::MediaDescription& offered, const LocalParameters& local,
                                           const TransportLines& transport);
/// The section `like` with port zero and nothing that concerns a transport (RFC 3264 section 6).
sdp::MediaDescription rejected_media(const sdp::MediaDescription& like);

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
