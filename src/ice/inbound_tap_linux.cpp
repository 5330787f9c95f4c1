#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "ice/inbound_tap.hpp"

namespace parley::ice::inbound_tap {
namespace {

/// More that is waiting is not looked at.
constexpr int kMaxDatagrams = 64;

bool set_offset(int socket, int offset) {
  return setsockopt(socket, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset) == 0;
}

}  // namespace

// The socket remembers how far it has been peeked at; reading moves that back.
bool start(int socket) { return set_offset(socket, 0); }
void stop(int socket) { set_offset(socket, -1); }

void peek(int socket, const std::function<void(ByteView, const SocketAddress&)>& see) {
  // Whole datagrams, or the rest of one would come next.
  using Buffer = std::array<std::uint8_t, 65536>;
  thread_local const std::unique_ptr<Buffer> buffer(new Buffer);
  for (int i = 0; i < kMaxDatagrams; ++i) {
    sockaddr_storage from{};
    auto* const address = reinterpret_cast<sockaddr*>(&from);
    socklen_t length = sizeof from;
    const auto size = recvfrom(socket, buffer->data(), buffer->size(), MSG_PEEK | MSG_DONTWAIT, address, &length);
    if (size < 0) return;
    see(ByteView(*buffer).first(static_cast<std::size_t>(size)), SocketAddress(address, length));
  }
}

void refuse_checks(int socket, bool refuse) {
  constexpr std::uint32_t kUdpHeader = 8, kBindingRequest = 1, kAll = 0xFFFFFFFF;
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kUdpHeader),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kBindingRequest, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, kAll),
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  const int unused = 0;
  if (refuse) {
    setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
  } else {
    setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
  }
}

}  // namespace parley::ice::inbound_tap
