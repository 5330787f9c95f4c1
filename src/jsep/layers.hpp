#pragma once

#include <string>
#include <vector>

#include "jsep/transceiver.hpp"
#include "sdp/model.hpp"

/// Simulcast in descriptions: a=rid and a=simulcast (RFC 8853, webrtc-pc section 5.4.1). Of alternatives only the first
/// counts, and restrictions are neither made nor kept.
namespace parley::jsep {

enum class Layers { Sent, Received };
/// The rids of the layers that the section's own side sends or receives, in order, each once, kMaxEncodings at most.
std::vector<std::string> layers(const sdp::MediaDescription& media, Layers which);
/// Those of `asked` that are in `answered`.
std::vector<std::string> common_layers(const std::vector<std::string>& asked, const std::vector<std::string>& answered);

/// Puts a=rid and a=simulcast for these layers of the section's own side; none: nothing.
void put_layers(sdp::MediaDescription& media, const std::vector<std::string>& sent,
                const std::vector<std::string>& received);

/// What a remote offer to receive simulcast proposes to send: "proposedSendEncodings". Empty without.
std::vector<SendEncoding> proposed_encodings(const sdp::MediaDescription& offered);
/// A sender that has one encoding without a rid takes what is proposed.
void promote(Sender& sender, const std::vector<SendEncoding>& proposed);
/// The answer has the layers `rids`: a sender of several drops the others, and all but the first if none is left.
void narrow(Sender& sender, const std::vector<std::string>& rids);

/// The rids of its encodings, in order.
std::vector<std::string> rids_of(const Sender& sender);

}  // namespace parley::jsep
