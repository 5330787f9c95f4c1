#include "ice/server_probe.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace parley::ice {
namespace {

constexpr std::size_t kMaxMessage = 4096;
constexpr std::uint32_t kUdp = 17U << 24;  // REQUESTED-TRANSPORT, RFC 8656 section 18.8
constexpr int kUnauthorized = 401, kStaleNonce = 438;

}  // namespace

ServerProbe::ServerProbe(Reactor& reactor, Server server, const SocketAddress& address,
                         std::function<void(Verdict)> done)
    : reactor_(reactor), server_(std::move(server)), address_(address), done_(std::move(done)) {
  const bool stream = server_.url.transport == ServerTransport::Tcp;
  const int type = stream ? SOCK_STREAM : SOCK_DGRAM;
  socket_ = ::socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0 || (connect(socket_, address.data(), address.size()) != 0 && errno != EINPROGRESS)) {
    unreachable(std::strerror(errno));
    return;
  }
  watch_ = reactor.watch(socket_, stream ? POLLOUT : POLLIN, [this](short ready) { on_ready(ready); });
  deadline_ = reactor.after(kTimeout, [this] { unreachable("the server does not answer"); });
  connected_ = !stream;
  ask();
}

ServerProbe::~ServerProbe() {
  watch_.stop();
  if (socket_ >= 0) close(socket_);
}

void ServerProbe::ask() {
  id_ = stun::make_transaction_id(0);
  const bool turn = server_.url.scheme == Scheme::Turn || server_.url.scheme == Scheme::Turns;
  stun::Writer writer(turn ? stun::Method::Allocate : stun::Method::Binding, stun::Class::Request, id_);
  if (turn) writer.number(stun::kRequestedTransport, kUdp);
  request_ = writer.fingerprint().take();
  transmit();
}

void ServerProbe::ask_with_credentials(const stun::Message& challenge) {
  id_ = stun::make_transaction_id(0);
  authenticated_ = true;
  realm_ = challenge.realm;
  nonce_ = challenge.nonce;
  request_ = stun::Writer(stun::Method::Allocate, stun::Class::Request, id_)
                 .number(stun::kRequestedTransport, kUdp)
                 .text(stun::kUsername, server_.username)
                 .text(stun::kRealm, realm_)
                 .text(stun::kNonce, nonce_)
                 .integrity(stun::long_term_key(server_.username, realm_, server_.credential))
                 .fingerprint()
                 .take();
  transmit();
}

void ServerProbe::give_back(const stun::Message&) {
  request_ = stun::Writer(stun::Method::Refresh, stun::Class::Request, stun::make_transaction_id(0))
                 .number(stun::kLifetime, 0)
                 .text(stun::kUsername, server_.username)
                 .text(stun::kRealm, realm_)
                 .text(stun::kNonce, nonce_)
                 .integrity(stun::long_term_key(server_.username, realm_, server_.credential))
                 .fingerprint()
                 .take();
  transmit();
}

void ServerProbe::transmit() {
  if (!connected_) return;
  [[maybe_unused]] const auto sent = ::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (server_.url.transport == ServerTransport::Udp) repeat_ = reactor_.after(500ms, [this] { transmit(); });
}

void ServerProbe::on_ready(short ready) {
  if (!connected_) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      unreachable(std::strerror(error));
      return;
    }
    connected_ = true;
    watch_.set_interest(POLLIN);
    transmit();
    return;
  }
  if ((ready & (POLLIN | POLLERR | POLLHUP)) == 0) return;
  if (server_.url.transport == ServerTransport::Tcp) {
    read_stream();
  } else {
    read_datagram();
  }
}

void ServerProbe::read_datagram() {
  Bytes bytes(kMaxMessage);
  const auto size = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0) {
    if (errno != EAGAIN) unreachable(std::strerror(errno));
    return;
  }
  if (const auto message = stun::parse(ByteView(bytes).first(static_cast<std::size_t>(size)))) on_message(*message);
}

void ServerProbe::read_stream() {
  const std::size_t before = input_.size();
  input_.resize(before + kMaxMessage);
  const auto size = recv(socket_, input_.data() + before, kMaxMessage, MSG_DONTWAIT);
  input_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (size == 0 || (size < 0 && errno != EAGAIN)) {
    unreachable(size == 0 ? "the server closes the connection" : std::strerror(errno));
    return;
  }
  const auto length = stun::frame_length(input_);
  if (!length || (*length != 0 && input_.size() < *length && *length <= kMaxMessage)) return;
  const auto message = stun::parse(ByteView(input_).first(std::min(*length, input_.size())));
  if (!message) {
    unreachable("what answers is no STUN server");
    return;
  }
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(*length));
  on_message(*message);
}

void ServerProbe::on_message(const stun::Message& message) {
  if (message.id != id_) return;
  if (message.type == stun::Class::Success) {
    if (authenticated_ || message.relayed) give_back(message);
    finish(std::nullopt);
  } else if (message.type == stun::Class::Error && message.error) {
    const bool challenge = message.error->code == kUnauthorized && !authenticated_ && !message.realm.empty();
    const bool stale = message.error->code == kStaleNonce && !message.nonce.empty() && message.nonce != nonce_;
    if (challenge || stale) {
      ask_with_credentials(message);
    } else {
      finish(message.error);
    }
  }
}

void ServerProbe::finish(std::optional<stun::ErrorCode> error) {
  watch_.stop();
  repeat_.cancel();
  deadline_.cancel();
  finished_ = reactor_.after(Duration::zero(), [this, error = std::move(error)]() mutable {
    const auto done = std::move(done_);  // may end this
    done({std::move(error)});
  });
}

}  // namespace parley::ice
