#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "ice/direct_socket.hpp"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace parley::ice {
namespace {

constexpr std::size_t kReceiveBuffer = 65536;
constexpr unsigned kReceives = 16;
constexpr std::size_t kMaxBytesPerTurn = 1 << 20;
constexpr int kMaxReadsPerTurn = 8;
constexpr std::size_t kMaxPeers = 16;
constexpr std::size_t kMaxRunsPerCall = 16;

/// Attaches the selector to the port's group. It sees the UDP payload and answers with a place in the order of joining:
/// 0 is libnice's socket, 1 ours. For Data, DTLS and SRTP (RFC 7983 section 7) come to us too, else only STUN answers
/// whose transaction id begins with `tag`.
bool attach_selector(int socket, std::uint32_t tag, DirectSocket::Purpose purpose) {
  constexpr std::uint32_t kNice = 0, kOurs = 1;
  const std::uint32_t data_to = purpose == DirectSocket::Purpose::Data ? kOurs : kNice;
  std::array<sock_filter, 12> program{{
      /* 0*/ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
      /* 1*/ BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 4, 3, 0),    // 4 and above: 5
      /* 2*/ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 6),    // STUN, but no response: 9
      /* 3*/ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8),           // the transaction id's first word
      /* 4*/ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tag, 5, 4),  // ours: 10, else 9
      /* 5*/ BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 192, 3, 0),  // unassigned: 9
      /* 6*/ BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 128, 4, 0),  // SRTP: 11
      /* 7*/ BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 64, 1, 0),   // TURN channels, unassigned: 9
      /* 8*/ BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 20, 2, 0),   // DTLS: 11, else 9
      /* 9*/ BPF_STMT(BPF_RET | BPF_K, kNice),
      /*10*/ BPF_STMT(BPF_RET | BPF_K, kOurs),
      /*11*/ BPF_STMT(BPF_RET | BPF_K, data_to),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return setsockopt(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) == 0;
}

/// An address of this machine: the packets never see a network card. What the kernel would send to one of its own
/// addresses, it sends from that address.
bool is_own_address(const SocketAddress& address) {
  if (address.is_loopback()) return true;
  const int probe = socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool routed = connect(probe, address.data(), address.size()) == 0;
  const std::string source = routed ? local_address(probe).address() : std::string();
  close(probe);
  return source == address.address();
}

/// How a datagram has come: how many bytes each packet of it has but the last, and its mark.
struct alignas(cmsghdr) Control {
  char bytes[2 * CMSG_SPACE(sizeof(int))];
};

/// How a run of packets leaves: in segments, marked.
struct alignas(cmsghdr) SendControl {
  char bytes[CMSG_SPACE(sizeof(std::uint16_t)) + CMSG_SPACE(sizeof(int))];

  /// For the call that `header` describes; none if nothing is to be said.
  void describe(msghdr& header, const SendBatch::Run& run, int family) {
    std::size_t used = 0;
    if (run.count > 1) add(used, SOL_UDP, UDP_SEGMENT, run.segment);
    if (run.mark != Mark{}) {
      const int traffic_class = run.mark.dscp << 2 | static_cast<int>(run.mark.ecn);
      if (family == AF_INET6) {
        add(used, IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
      } else {
        add(used, IPPROTO_IP, IP_TOS, traffic_class);
      }
    }
    if (used == 0) return;
    header.msg_control = bytes;
    header.msg_controllen = used;
  }

 private:
  template <class T>
  void add(std::size_t& used, int level, int type, const T& value) {
    auto* const control = reinterpret_cast<cmsghdr*>(bytes + used);
    control->cmsg_level = level;
    control->cmsg_type = type;
    control->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(control), &value, sizeof value);
    used += CMSG_SPACE(sizeof value);
  }
};

/// IPv4's type of service is a byte, everything else an int.
int number_in(cmsghdr& control) {
  if (control.cmsg_len == CMSG_LEN(1)) return *CMSG_DATA(&control);
  int value = 0;
  if (control.cmsg_len == CMSG_LEN(sizeof value)) std::memcpy(&value, CMSG_DATA(&control), sizeof value);
  return value;
}

/// What one call receives into; one for all sockets of a thread.
struct Receiver {
  std::array<std::array<std::uint8_t, kReceiveBuffer>, kReceives> buffers;
  std::array<iovec, kReceives> vectors;
  std::array<sockaddr_storage, kReceives> from;
  std::array<Control, kReceives> controls;
  std::array<mmsghdr, kReceives> messages;

  int receive(int socket) {
    for (unsigned i = 0; i < kReceives; ++i) {
      vectors[i] = {buffers[i].data(), kReceiveBuffer};
      messages[i].msg_hdr = {.msg_name = &from[i],
                             .msg_namelen = sizeof from[i],
                             .msg_iov = &vectors[i],
                             .msg_iovlen = 1,
                             .msg_control = controls[i].bytes,
                             .msg_controllen = sizeof controls[i].bytes,
                             .msg_flags = 0};
    }
    return recvmmsg(socket, messages.data(), kReceives, MSG_DONTWAIT, nullptr);
  }
  [[nodiscard]] ByteView bytes(unsigned i) const { return ByteView(buffers[i]).first(messages[i].msg_len); }
  /// The kernel makes no train of packets whose marks differ.
  struct Train {
    std::size_t segment = kReceiveBuffer;  // how long each packet is but the last
    Ecn mark = Ecn::NotCapable;
  };
  [[nodiscard]] Train train(unsigned i) {
    Train train;
    for (cmsghdr* c = CMSG_FIRSTHDR(&messages[i].msg_hdr); c != nullptr; c = CMSG_NXTHDR(&messages[i].msg_hdr, c)) {
      const int value = number_in(*c);
      if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
        if (value > 0) train.segment = static_cast<std::size_t>(value);
      } else if (c->cmsg_type == (c->cmsg_level == IPPROTO_IPV6 ? IPV6_TCLASS : IP_TOS)) {
        train.mark = static_cast<Ecn>(value & 3);
      }
    }
    return train;
  }
};

Receiver& receiver() {
  // Not initialized: a megabyte of which only the pages that are used become memory.
  thread_local const std::unique_ptr<Receiver> one(new Receiver);
  return *one;
}

class LinuxDirectSocket final : public DirectSocket {
 public:
  LinuxDirectSocket(Reactor& reactor, int socket, const SocketAddress& local, std::uint32_t tag, Purpose purpose,
                    Sink& sink)
      : socket_(socket), local_(local), tag_(tag), sink_(sink), carrying_(purpose == Purpose::Data) {
    watch_ = reactor.watch(socket, POLLIN, [this](short ready) { on_ready(ready); });
  }
  ~LinuxDirectSocket() override {
    watch_.stop();
    close(socket_);  // everything goes to libnice again
  }
  LinuxDirectSocket(const LinuxDirectSocket&) = delete;
  LinuxDirectSocket& operator=(const LinuxDirectSocket&) = delete;

  void carry(const SocketAddress& peer) override {
    std::erase(peers_, peer);
    peers_.insert(peers_.begin(), peer);
    if (peers_.size() > kMaxPeers) peers_.pop_back();
    // A network card's receive offload would hide a STUN message behind a train of data packets, and it would come here
    // instead of to libnice. On this machine trains arrive as they were sent.
    const int gro = is_own_address(peer) ? 1 : 0;
    setsockopt(socket_, SOL_UDP, UDP_GRO, &gro, sizeof gro);
    if (!carrying_) carrying_ = attach_selector(socket_, tag_, Purpose::Data);
  }
  void accept(const SocketAddress& peer) override {
    if (is_peer(peer)) return;
    if (peers_.size() == kMaxPeers) peers_.pop_back();
    peers_.push_back(peer);
  }
  bool send(SendBatch& batch) override;
  void send_stun(ByteView message, const SocketAddress& to) override {
    [[maybe_unused]] const auto sent =
        sendto(socket_, message.data(), message.size(), MSG_DONTWAIT, to.data(), to.size());
  }
  [[nodiscard]] SocketAddress local() const override { return local_; }

 private:
  enum class Outcome { Sent, Blocked, Apart };
  void on_ready(short ready);
  void take(ByteView bytes, const Receiver::Train& train, const SocketAddress& from);
  [[nodiscard]] bool is_peer(const SocketAddress& from) const {
    return std::find(peers_.begin(), peers_.end(), from) != peers_.end();
  }
  std::size_t send_runs(SendBatch& batch, Outcome& outcome);
  bool send_apart(const SendBatch& batch, const SendBatch::Run& run);
  Outcome judge(int error, const SendBatch::Run& run);
  void count_sent(const SendBatch::Run& run) {
    sink_.direct_counters().packets_sent += run.count;
    sink_.direct_counters().bytes_sent += run.size;
  }

  int socket_;
  SocketAddress local_;
  std::uint32_t tag_;
  Sink& sink_;
  Watch watch_;
  std::vector<SocketAddress> peers_;  // the present one first
  bool carrying_;                     // the selector sends data here
  /// Runs of longer segments are sent packet by packet; 0: all.
  std::size_t max_segment_ = SendBatch::kMaxPacket;
  std::vector<ByteView> apart_;
  std::size_t apart_sent_ = 0;
};

void LinuxDirectSocket::on_ready(short ready) {
  if ((ready & POLLOUT) != 0) {
    watch_.set_interest(POLLIN);
    sink_.on_direct_writable();
  }
  if ((ready & POLLIN) == 0) return;
  Receiver& input = receiver();
  std::size_t bytes = 0;
  for (int reads = 0; reads < kMaxReadsPerTurn && bytes < kMaxBytesPerTurn; ++reads) {
    const int count = input.receive(socket_);
    for (unsigned i = 0; count > 0 && i < static_cast<unsigned>(count); ++i) {
      const SocketAddress from(reinterpret_cast<const sockaddr*>(&input.from[i]),
                               input.messages[i].msg_hdr.msg_namelen);
      bytes += input.messages[i].msg_len;
      take(input.bytes(i), input.train(i), from);
      if (!sink_.wants_direct_packets()) return;
    }
    if (count < static_cast<int>(kReceives)) return;
  }
}

void LinuxDirectSocket::take(ByteView bytes, const Receiver::Train& train, const SocketAddress& from) {
  if (bytes.empty()) return;
  if (bytes[0] < 4) {
    sink_.on_direct_stun(bytes, from);
    return;
  }
  if (!is_peer(from)) {
    sink_.direct_counters().packets_refused += (bytes.size() + train.segment - 1) / train.segment;
    return;
  }
  sink_.on_direct_heard(train.mark);
  while (!bytes.empty() && sink_.wants_direct_packets()) {
    const ByteView packet = bytes.first(std::min(train.segment, bytes.size()));
    sink_.on_direct_packet(packet);
    bytes = bytes.subspan(packet.size());
  }
}

bool LinuxDirectSocket::send(SendBatch& batch) {
  while (!batch.empty()) {
    Outcome outcome = Outcome::Sent;
    batch.pop(send_runs(batch, outcome));
    if (outcome == Outcome::Apart) {
      const SendBatch::Run run = batch.runs().front();
      if (!send_apart(batch, run)) outcome = Outcome::Blocked;
      if (outcome != Outcome::Blocked) {
        count_sent(run);
        batch.pop(1);
      }
    }
    if (outcome == Outcome::Blocked) {
      watch_.set_interest(POLLIN | POLLOUT);
      return false;
    }
  }
  return true;
}

std::size_t LinuxDirectSocket::send_runs(SendBatch& batch, Outcome& outcome) {
  std::array<mmsghdr, kMaxRunsPerCall> messages{};
  std::array<iovec, kMaxRunsPerCall> vectors;
  std::array<SendControl, kMaxRunsPerCall> controls;
  unsigned count = 0;
  for (const SendBatch::Run& run : batch.runs()) {
    if (count == kMaxRunsPerCall || (run.count > 1 && run.segment > max_segment_)) break;
    const ByteView bytes = batch.bytes(run);
    vectors[count] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    msghdr& header = messages[count].msg_hdr;
    header.msg_name = const_cast<sockaddr*>(peers_.front().data());
    header.msg_namelen = peers_.front().size();
    header.msg_iov = &vectors[count];
    header.msg_iovlen = 1;
    controls[count].describe(header, run, peers_.front().family());
    ++count;
  }
  if (count == 0) {
    outcome = Outcome::Apart;
    return 0;
  }
  const int sent = sendmmsg(socket_, messages.data(), count, MSG_DONTWAIT);
  if (sent > 0) {
    for (int i = 0; i < sent; ++i) count_sent(batch.runs()[static_cast<std::size_t>(i)]);
    return static_cast<std::size_t>(sent);  // an error of the next run shows when it is the first
  }
  outcome = judge(errno, batch.runs().front());
  return outcome == Outcome::Sent ? 1 : 0;
}

/// What to do about `run`, whose sending failed. Sent: nothing, it is lost.
LinuxDirectSocket::Outcome LinuxDirectSocket::judge(int error, const SendBatch::Run& run) {
  switch (error) {
    case EAGAIN:
    case ENOBUFS:
      return Outcome::Blocked;
    case EIO:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
      if (run.count == 1) break;
      max_segment_ = 0;  // no offload on this path
      return Outcome::Apart;
    case EINVAL:
    case EMSGSIZE:
      if (run.count == 1) break;
      max_segment_ = run.segment - 1U;  // above the path's MTU: IP may fragment single packets
      return Outcome::Apart;
    default:
      break;
  }
  sink_.direct_counters().packets_discarded += run.count;
  sink_.direct_counters().bytes_discarded += run.size;
  return Outcome::Sent;
}

bool LinuxDirectSocket::send_apart(const SendBatch& batch, const SendBatch::Run& run) {
  batch.split(run, apart_);
  SendControl control;
  msghdr header{};
  header.msg_name = const_cast<sockaddr*>(peers_.front().data());
  header.msg_namelen = peers_.front().size();
  header.msg_iovlen = 1;
  control.describe(header, {.offset = 0, .size = 0, .segment = 0, .count = 1, .mark = run.mark},
                   peers_.front().family());
  for (; apart_sent_ < apart_.size(); ++apart_sent_) {
    const ByteView packet = apart_[apart_sent_];
    iovec vector{const_cast<std::uint8_t*>(packet.data()), packet.size()};
    header.msg_iov = &vector;
    const auto sent = sendmsg(socket_, &header, MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) return false;
  }
  apart_sent_ = 0;
  return true;
}

}  // namespace

bool DirectSocket::supported() { return true; }

std::unique_ptr<DirectSocket> DirectSocket::open(Reactor& reactor, int nice_socket, std::uint32_t stun_tag,
                                                 Purpose purpose, Sink& sink) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* plain = reinterpret_cast<sockaddr*>(&storage);
  if (getsockname(nice_socket, plain, &size) != 0) return nullptr;
  const int socket = ::socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return nullptr;
  const int on = 1;
  const bool six = storage.ss_family == AF_INET6;
  if (six) setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(socket, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_RECVTCLASS : IP_RECVTOS, &on, sizeof on);
  enlarge_buffers(socket);
  // The port's group has the order of joining, so libnice's socket must be in it first. Between bind and the selector
  // the kernel deals packets by hash: what comes to us in these microseconds counts as lost on the way.
  const bool ready = setsockopt(nice_socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                     setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                     bind(socket, plain, size) == 0 && attach_selector(socket, stun_tag, purpose);
  if (!ready) {
    log(LogLevel::Info, "ice", "no fast path: ", std::strerror(errno));
    close(socket);
    return nullptr;
  }
  return std::make_unique<LinuxDirectSocket>(reactor, socket, SocketAddress(plain, size), stun_tag, purpose, sink);
}

}  // namespace parley::ice
