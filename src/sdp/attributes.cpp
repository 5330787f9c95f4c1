#include "sdp/attributes.hpp"

#include <algorithm>
#include <array>

#include "sdp/row_kinds.hpp"

namespace parley::sdp {
namespace {

using D = Description;
using M = MediaDescription;
using InD = Rows<D>;
using InM = Rows<M>;

template <class Owner>
constexpr std::array kDirectionRows = {
    Rows<Owner>::template direction<Direction::SendRecv>("sendrecv"),
    Rows<Owner>::template direction<Direction::SendOnly>("sendonly"),
    Rows<Owner>::template direction<Direction::RecvOnly>("recvonly"),
    Rows<Owner>::template direction<Direction::Inactive>("inactive"),
};

template <class Owner>
constexpr std::array kTransportRows = {
    Rows<Owner>::template one<&Section::ice_ufrag, &read_ice_ufrag>("ice-ufrag", "RFC 8839 section 5.4"),
    Rows<Owner>::template one<&Section::ice_pwd, &read_ice_pwd>("ice-pwd", "RFC 8839 section 5.4"),
    Rows<Owner>::template many<&Section::fingerprints>("fingerprint", "RFC 8122 section 5"),
    Rows<Owner>::template one<&Section::setup>("setup", "RFC 4145 section 4"),
    Rows<Owner>::template one<&Section::tls_id, &read_tls_id>("tls-id", "RFC 8842 section 4"),
};

constexpr std::array kSessionRows = {
    InD::flag<&D::ice_lite>("ice-lite"),
    InD::tolerant(InD::words<&D::ice_options>("ice-options", "RFC 8839 section 5.6")),
    InD::tolerant(InD::one<&D::identity, &read_text>("identity", "RFC 8827 section 5")),
    InD::many<&D::groups>("group", "RFC 5888 section 5"),
    InD::tolerant(InD::one<&D::msid_semantic, &read_verbatim>("msid-semantic", "")),
    InD::flag<&D::extmap_allow_mixed>("extmap-allow-mixed"),
    InD::many<&D::extmaps>("extmap", "RFC 8285 section 8"),
    InD::flag<&D::cryptex>("cryptex"),
};

constexpr std::array kMediaNameRows = {
    InM::flag<&M::bundle_only>("bundle-only"),
    InM::one<&M::mid>("mid", "RFC 5888 section 4"),
};

constexpr std::array kMediaRows = {
    InM::many<&M::rtpmaps>("rtpmap", "RFC 8866 section 6.6"),
    InM::many<&M::fmtps>("fmtp", "RFC 8866 section 6.15"),
    InM::tolerant(InM::one<&M::ptime>("ptime", "RFC 8866 section 6.4")),
    InM::tolerant(InM::one<&M::maxptime>("maxptime", "RFC 8866 section 6.5")),
    InM::flag<&M::extmap_allow_mixed>("extmap-allow-mixed"),
    InM::many<&M::extmaps>("extmap", "RFC 8285 section 8"),
    InM::flag<&M::cryptex>("cryptex"),
    InM::many<&M::rtcp_feedback>("rtcp-fb", "RFC 4585 section 4.2"),
    InM::many<&M::msids>("msid", "RFC 8830 section 2"),
    // RFC 8851 section 6 and RFC 8853 section 5.3 want what is malformed here to be ignored, not refused.
    InM::tolerant(InM::many<&M::rids>("rid", "RFC 8851 section 10")),
    InM::tolerant(InM::one<&M::simulcast>("simulcast", "RFC 8853 section 5.1")),
    InM::tolerant(InM::many<&M::ssrc_groups>("ssrc-group", "RFC 5576 section 4.2")),
    InM::tolerant(InM::many<&M::ssrcs>("ssrc", "RFC 5576 section 4.1")),
    InM::one<&M::sctp_port>("sctp-port", "RFC 8841 section 5"),
    InM::one<&M::max_message_size>("max-message-size", "RFC 8841 section 6"),
    InM::one<&M::sctpmap>("sctpmap", "draft-ietf-mmusic-sctp-sdp-05"),
    InM::tolerant(InM::words<&M::ice_options>("ice-options", "RFC 8839 section 5.6")),
};

constexpr std::array kMediaTransportRows = {
    InM::tolerant(InM::one<&M::rtcp>("rtcp", "RFC 3605 section 2.1")),
    InM::flag<&M::rtcp_mux>("rtcp-mux"),
    InM::flag<&M::rtcp_mux_only>("rtcp-mux-only"),
    InM::flag<&M::rtcp_rsize>("rtcp-rsize"),
    InM::tolerant(InM::many<&M::candidates, &read_text>("candidate", "RFC 8839 section 5.1")),
    InM::flag<&M::end_of_candidates>("end-of-candidates"),
};

template <class Owner, std::size_t... Sizes>
constexpr auto joined(const std::array<Row<Owner>, Sizes>&... tables) {
  std::array<Row<Owner>, (Sizes + ...)> all{};
  auto end = all.begin();
  ((end = std::ranges::copy(tables, end).out), ...);
  return all;
}

constexpr auto kAllSession = joined(kSessionRows, kDirectionRows<D>, kTransportRows<D>);
constexpr auto kAllMedia =
    joined(kMediaNameRows, kDirectionRows<M>, kMediaRows, kTransportRows<M>, kMediaTransportRows);

}  // namespace

std::span<const Row<Description>> session_attributes() { return kAllSession; }
std::span<const Row<MediaDescription>> media_attributes() { return kAllMedia; }

}  // namespace parley::sdp
