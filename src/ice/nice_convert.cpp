#include "ice/nice_convert.hpp"

namespace parley::ice {

NiceAddress to_nice(const SocketAddress& address) {
  NiceAddress result;
  nice_address_init(&result);
  nice_address_set_from_sockaddr(&result, address.data());
  return result;
}

SocketAddress from_nice(const NiceAddress& address) {
  sockaddr_storage storage{};
  auto* plain = reinterpret_cast<sockaddr*>(&storage);
  nice_address_copy_to_sockaddr(&address, plain);
  return {plain, sizeof storage};
}

CandidateType to_type(NiceCandidateType type) {
  switch (type) {
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return CandidateType::Srflx;
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return CandidateType::Prflx;
    case NICE_CANDIDATE_TYPE_RELAYED:
      return CandidateType::Relay;
    default:
      return CandidateType::Host;
  }
}

NiceCandidateType from_type(CandidateType type) {
  switch (type) {
    case CandidateType::Relay:
      return NICE_CANDIDATE_TYPE_RELAYED;
    // libnice takes no peer-reflexive candidates from signaling.
    case CandidateType::Srflx:
    case CandidateType::Prflx:
      return NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
    default:
      return NICE_CANDIDATE_TYPE_HOST;
  }
}

Candidate from_nice(const NiceCandidate& nice) {
  const SocketAddress address = from_nice(nice.addr);
  Candidate result{.foundation = nice.foundation,
                   .component = nice.component_id,
                   .priority = nice.priority,
                   .address = address.address(),
                   .port = address.port(),
                   .type = to_type(nice.type)};
  if (nice.transport != NICE_CANDIDATE_TRANSPORT_UDP) {
    result.protocol = Protocol::Tcp;
    const bool active = nice.transport == NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    const bool passive = nice.transport == NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    result.tcp_type = active ? TcpType::Active : passive ? TcpType::Passive : TcpType::SimultaneousOpen;
  }
  return result;
}

NiceCandidateTransport transport_of(const Candidate& candidate) {
  if (candidate.protocol != Protocol::Tcp) return NICE_CANDIDATE_TRANSPORT_UDP;
  switch (candidate.tcp_type.value_or(TcpType::Passive)) {
    case TcpType::Active:
      return NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    case TcpType::Passive:
      return NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    default:
      return NICE_CANDIDATE_TRANSPORT_TCP_SO;
  }
}

}  // namespace parley::ice
