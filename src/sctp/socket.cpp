#include "sctp/socket.hpp"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "sctp/stack.hpp"

namespace parley::sctp {
namespace {

// Missing from the library's public header.
constexpr int kInterleavingSupported = 0x1206;  // SCTP_INTERLEAVING_SUPPORTED
constexpr int kGetSndbufUse = 0x1101;           // SCTP_GET_SNDBUF_USE
constexpr std::uint32_t kChunkHeader = 16;      // of DATA; I-DATA's is 20
struct SockStat {                               // struct sctp_sockstat
  sctp_assoc_t ss_assoc_id;
  std::uint32_t ss_total_sndbuf;
  std::uint32_t ss_total_recv_buf;
};

/// The library adds the 12 bytes of the common header to the path MTU when the path is ours, and wants multiples of 4.
std::uint32_t path_mtu(std::size_t packet) { return static_cast<std::uint32_t>((packet - 12) & ~std::size_t{3}); }

void* address_of(std::uint64_t id) { return reinterpret_cast<void*>(static_cast<std::uintptr_t>(id)); }

sockaddr_conn address(std::uint64_t id, std::uint16_t port) {
  sockaddr_conn out{};
  out.sconn_family = AF_CONN;
  out.sconn_port = htons(port);
  out.sconn_addr = address_of(id);
  return out;
}

sctp_sendv_spa send_parameters(const MessageInfo& info, bool last) {
  sctp_sendv_spa out{};
  out.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  out.sendv_sndinfo.snd_sid = info.stream.get();
  out.sendv_sndinfo.snd_ppid = htonl(static_cast<std::uint32_t>(info.ppid));
  out.sendv_sndinfo.snd_flags =
      static_cast<std::uint16_t>((last ? SCTP_EOR : 0) | (info.reliability.ordered ? 0 : SCTP_UNORDERED));
  const auto limited = [&](std::uint16_t policy, std::uint32_t value) {
    out.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    out.sendv_prinfo = {.pr_policy = policy, .pr_value = value};
  };
  if (info.reliability.max_retransmits) limited(SCTP_PR_SCTP_RTX, *info.reliability.max_retransmits);
  if (info.reliability.max_packet_life_time) limited(SCTP_PR_SCTP_TTL, *info.reliability.max_packet_life_time);
  return out;
}

Duration round_trip_of(const sctp_status& status) {
  return std::chrono::milliseconds(status.sstat_primary.spinfo_srtt);
}

}  // namespace

template <class T>
bool Socket::set(int level, int name, const T& value) {
  return usrsctp_setsockopt(socket_, level, name, &value, sizeof value) == 0;
}

bool Socket::configure(const Config& config) {
  const int on = 1;
  const linger abort{.l_onoff = 1, .l_linger = 0};  // close() is ABORT
  bool ok = usrsctp_set_non_blocking(socket_, 1) == 0;
  ok &= set(SOL_SOCKET, SO_LINGER, abort);
  ok &= set(SOL_SOCKET, SO_SNDBUF, static_cast<int>(std::max(config.send_buffer, config.far_send_buffer)));
  ok &= set(SOL_SOCKET, SO_RCVBUF, static_cast<int>(config.receive_buffer));
  ok &= set(IPPROTO_SCTP, SCTP_NODELAY, on);
  ok &= set(IPPROTO_SCTP, SCTP_EXPLICIT_EOR, on);
  ok &= set(IPPROTO_SCTP, SCTP_RECVRCVINFO, on);
  // RFC 8831 section 6.1: resets, and streams added later.
  ok &= set(IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
            sctp_assoc_value{SCTP_FUTURE_ASSOC, SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ});
  // RFC 8260: offered, and the library insists on the delivery of interleaved pieces first.
  ok &= set(IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, std::uint32_t{2});
  if (config.interleaving) ok &= set(IPPROTO_SCTP, kInterleavingSupported, sctp_assoc_value{SCTP_FUTURE_ASSOC, 1});
  ok &= set(IPPROTO_SCTP, SCTP_INITMSG,
            sctp_initmsg{.sinit_num_ostreams = config.streams,
                         .sinit_max_instreams = config.max_incoming_streams,
                         .sinit_max_attempts = config.max_init_attempts});
  sctp_paddrparams path{};
  path.spp_flags = SPP_PMTUD_DISABLE;
  path.spp_pathmtu = path_mtu(config.mtu);
  ok &= set(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  for (const int event :
       {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_STREAM_CHANGE_EVENT, SCTP_PARTIAL_DELIVERY_EVENT})
    ok &= set(IPPROTO_SCTP, SCTP_EVENT, sctp_event{SCTP_FUTURE_ASSOC, static_cast<std::uint16_t>(event), 1});
  return ok;
}

int Socket::connect(const Config& config) {
  Stack& stack = Stack::get();
  mailbox_ = std::make_shared<Mailbox>(loop_, endpoint_);
  id_ = stack.add(mailbox_);
  const Call call(id_, endpoint_, Call::Kind::Exclusive);
  usrsctp_register_address(address_of(id_));
  socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  if (socket_ == nullptr) return errno;
  if (!configure(config)) return errno;
  usrsctp_set_upcall(socket_, &Stack::upcall, address_of(id_));
  sockaddr_conn local = address(id_, config.local_port);
  remote_port_ = config.remote_port;
  sockaddr_conn remote = address(id_, remote_port_);
  if (usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0) return errno;
  if (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0 && errno != EINPROGRESS)
    return errno;
  return 0;
}

void Socket::input(ByteView packet) {
  const Call call(id_, endpoint_);
  usrsctp_conninput(address_of(id_), packet.data(), packet.size(), 0);
}

Socket::Received Socket::read(std::span<std::uint8_t> into) {
  const Call call(id_, endpoint_);
  if ((usrsctp_get_events(socket_) & (SCTP_EVENT_READ | SCTP_EVENT_ERROR)) == 0) return {};
  sctp_rcvinfo info{};
  socklen_t info_size = sizeof info;
  unsigned info_type = 0;
  int flags = 0;
  const ssize_t n =
      usrsctp_recvv(socket_, into.data(), into.size(), nullptr, nullptr, &info, &info_size, &info_type, &flags);
  if (n < 0 && (errno == EWOULDBLOCK || errno == EAGAIN)) return {};
  if (n <= 0) return {.kind = Received::Kind::End, .error = n < 0 ? errno : 0};
  return {.kind = (flags & MSG_NOTIFICATION) != 0 ? Received::Kind::Notification : Received::Kind::Data,
          .size = static_cast<std::size_t>(n),
          .end_of_message = (flags & MSG_EOR) != 0,
          .unordered = (info.rcv_flags & SCTP_UNORDERED) != 0,
          .stream = StreamId(info.rcv_sid),
          .sequence = info.rcv_ssn,
          .ppid = static_cast<Ppid>(ntohl(info.rcv_ppid))};
}

long Socket::send(const MessageInfo& info, ByteView bytes, bool last) {
  const Call call(id_, endpoint_);
  sctp_sendv_spa parameters = send_parameters(info, last);
  const ssize_t n =
      usrsctp_sendv(socket_, bytes.data(), bytes.size(), nullptr, 0, &parameters, sizeof parameters, SCTP_SENDV_SPA, 0);
  return n < 0 ? -errno : n;
}

int Socket::reset(std::span<const StreamId> streams) {
  std::vector<std::uint16_t> request(sizeof(sctp_reset_streams) / sizeof(std::uint16_t) + streams.size());
  auto* head = reinterpret_cast<sctp_reset_streams*>(request.data());
  head->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  head->srs_number_streams = static_cast<std::uint16_t>(streams.size());
  for (std::size_t i = 0; i < streams.size(); ++i) head->srs_stream_list[i] = streams[i].get();
  const Call call(id_, endpoint_);
  const auto size = static_cast<socklen_t>(request.size() * sizeof(std::uint16_t));
  return usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request.data(), size) == 0 ? 0 : errno;
}

void Socket::set_partial_delivery_point(std::uint32_t bytes) {
  const Call call(id_, endpoint_);
  set(IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, bytes);
}

void Socket::set_sack_frequency(unsigned packets) {
  const Call call(id_, endpoint_);
  set(IPPROTO_SCTP, SCTP_DELAYED_SACK, sctp_sack_info{.sack_assoc_id = 0, .sack_delay = 0, .sack_freq = packets});
}

bool Socket::read_status(sctp_status& status) const {
  const Call call(id_, endpoint_);
  socklen_t size = sizeof status;
  return usrsctp_getsockopt(socket_, IPPROTO_SCTP, SCTP_STATUS, &status, &size) == 0;
}

Socket::Backlog Socket::backlog() const {
  sctp_status status{};
  if (!read_status(status)) return {};
  const Call call(id_, endpoint_);
  SockStat use{};
  socklen_t size = sizeof use;
  if (usrsctp_getsockopt(socket_, IPPROTO_SCTP, kGetSndbufUse, &use, &size) != 0) return {};
  // The library counts the chunk headers of what is in flight, we do not.
  const std::uint32_t headers = std::uint32_t{status.sstat_unackdata} * kChunkHeader;
  return {.bytes = use.ss_total_sndbuf - std::min(use.ss_total_sndbuf, headers),
          .in_flight = status.sstat_unackdata,
          .round_trip = round_trip_of(status)};
}

std::size_t Socket::fragment_size() const {
  sctp_status status{};
  return read_status(status) ? status.sstat_fragmentation_point : 0;
}

void Socket::wake() {
  const Call call(id_, endpoint_);
  sctp_paddrparams path{};
  path.spp_flags = SPP_HB_DEMAND;
  sockaddr_conn peer = address(id_, remote_port_);
  std::memcpy(&path.spp_address, &peer, sizeof peer);
  set(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
}

void Socket::set_path_mtu(std::size_t bytes) {
  const Call call(id_, endpoint_);
  // For the association this is not the same as before connect(): packets grow, the limit of chunks only falls.
  sctp_paddrparams path{};
  path.spp_flags = SPP_PMTUD_DISABLE;
  path.spp_pathmtu = path_mtu(bytes);
  sockaddr_conn peer = address(id_, remote_port_);
  std::memcpy(&path.spp_address, &peer, sizeof peer);
  set(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
}

Stats Socket::stats() const {
  sctp_status status{};
  if (!read_status(status)) return {};
  return {.smoothed_rtt = round_trip_of(status),
          .congestion_window = status.sstat_primary.spinfo_cwnd,
          .receiver_window = status.sstat_rwnd,
          .mtu = status.sstat_primary.spinfo_mtu + 12,
          .unacknowledged = status.sstat_unackdata};
}

void Socket::close() {
  if (mailbox_ == nullptr) return;
  {
    const Call call(id_, endpoint_, Call::Kind::Exclusive);
    if (socket_ != nullptr) {
      usrsctp_set_upcall(socket_, nullptr, nullptr);
      usrsctp_close(socket_);  // the ABORT comes out from inside
      socket_ = nullptr;
    }
    usrsctp_deregister_address(address_of(id_));
  }
  mailbox_->close();
  Stack::get().remove(id_);
  mailbox_.reset();
}

}  // namespace parley::sctp
