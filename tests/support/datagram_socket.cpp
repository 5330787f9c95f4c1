#include "support/datagram_socket.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace parley::test {
namespace {

constexpr std::size_t kBatch = 16;
constexpr std::size_t kBufferSize = 65536;
constexpr std::size_t kMaxSegments = 48;
constexpr std::size_t kMaxSegmentedBytes = 60'000;
constexpr int kSocketBuffer = 4 << 20;

union Control {
  std::array<char, CMSG_SPACE(sizeof(int))> space;
  cmsghdr align;
};

/// The size of the datagrams that the kernel put together into one buffer; 0 if it holds just one.
std::size_t segment_size(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_UDP || part->cmsg_type != UDP_GRO) continue;
    int size = 0;
    std::memcpy(&size, CMSG_DATA(part), sizeof size);
    return static_cast<std::size_t>(size);
  }
  return 0;
}

/// The longest start of `packets` that fits one segmented send: equal sizes, only the last may be shorter.
std::size_t run_length(std::span<const Bytes> packets) {
  const std::size_t size = packets.front().size();
  std::size_t count = 1;
  std::size_t bytes = size;
  while (count < packets.size() && count < kMaxSegments && !packets[count].empty() && packets[count].size() <= size &&
         bytes + packets[count].size() <= kMaxSegmentedBytes) {
    bytes += packets[count].size();
    ++count;
    if (packets[count - 1].size() < size) break;
  }
  return count;
}

}  // namespace

Result<DatagramSocket> DatagramSocket::bind(const Endpoint& at) {
  const int descriptor = ::socket(at.raw()->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(ErrorKind::NetworkError, std::string("socket: ") + std::strerror(errno));
  DatagramSocket socket(descriptor);
  if (::bind(descriptor, at.raw(), at.raw_size()) != 0)
    return fail(ErrorKind::NetworkError, "bind " + at.to_string() + ": " + std::strerror(errno));
  const int size = kSocketBuffer;
  const int on = 1;
  // All three are wishes: without them the socket is slower, not wrong.
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  ::setsockopt(descriptor, SOL_UDP, UDP_GRO, &on, sizeof on);
  return socket;
}

DatagramSocket::DatagramSocket(int descriptor) : descriptor_(descriptor), buffers_(kBatch * kBufferSize) {}

DatagramSocket::DatagramSocket(DatagramSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      segmentation_(other.segmentation_),
      buffers_(std::move(other.buffers_)) {}

DatagramSocket::~DatagramSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Endpoint DatagramSocket::local() const {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&raw), &size);
  return Endpoint::from_socket(raw);
}

void DatagramSocket::receive(const std::function<void(ByteView, const Endpoint&)>& take) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  std::array<sockaddr_storage, kBatch> sources{};
  std::array<Control, kBatch> controls{};
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts[i] = {.iov_base = buffers_.data() + i * kBufferSize, .iov_len = kBufferSize};
    messages[i].msg_hdr = {.msg_name = &sources[i],
                           .msg_namelen = sizeof sources[i],
                           .msg_iov = &parts[i],
                           .msg_iovlen = 1,
                           .msg_control = &controls[i],
                           .msg_controllen = sizeof controls[i],
                           .msg_flags = 0};
  }
  const int count = ::recvmmsg(descriptor_, messages.data(), kBatch, 0, nullptr);
  for (std::size_t i = 0; count > 0 && i < static_cast<std::size_t>(count); ++i) {
    ByteView rest(static_cast<const std::uint8_t*>(parts[i].iov_base), messages[i].msg_len);
    const std::size_t segment = segment_size(messages[i].msg_hdr);
    const Endpoint from = Endpoint::from_socket(sources[i]);
    do {
      const std::size_t size = segment == 0 ? rest.size() : std::min(segment, rest.size());
      take(rest.first(size), from);
      rest = rest.subspan(size);
    } while (!rest.empty());
  }
}

void DatagramSocket::send(std::span<const Bytes> packets, const Endpoint& to) {
  while (!packets.empty()) {
    const std::size_t count = segmentation_ ? run_length(packets) : 1;
    if (!send_run(packets.first(count), to) && count > 1) {
      // The route's device cannot segment: from now on one by one.
      segmentation_ = false;
      continue;
    }
    packets = packets.subspan(count);
  }
}

bool DatagramSocket::send_run(std::span<const Bytes> run, const Endpoint& to) {
  std::array<iovec, kMaxSegments> parts{};
  for (std::size_t i = 0; i < run.size(); ++i)
    parts[i] = {.iov_base = const_cast<std::uint8_t*>(run[i].data()), .iov_len = run[i].size()};
  msghdr message{.msg_name = const_cast<sockaddr*>(to.raw()),
                 .msg_namelen = to.raw_size(),
                 .msg_iov = parts.data(),
                 .msg_iovlen = run.size(),
                 .msg_control = nullptr,
                 .msg_controllen = 0,
                 .msg_flags = 0};
  Control control{};
  if (run.size() > 1) {
    const auto size = static_cast<std::uint16_t>(run.front().size());
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(sizeof size);
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_UDP;
    part->cmsg_type = UDP_SEGMENT;
    part->cmsg_len = CMSG_LEN(sizeof size);
    std::memcpy(CMSG_DATA(part), &size, sizeof size);
  }
  if (::sendmsg(descriptor_, &message, 0) >= 0) return true;
  return errno != EIO && errno != EINVAL && errno != EMSGSIZE;
}

std::uint64_t DatagramSocket::kernel_drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof info;
  if (::getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace parley::test
