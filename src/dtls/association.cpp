#include "dtls/association.hpp"

#include <array>
#include <utility>

namespace parley::dtls {

void Transport::Association::retire() {
  handler_ = nullptr;
  if (depth_ == 0) delete this;
}

bool Transport::Association::send(ByteView data) {
  if (state_ != State::Connected || in_openssl_ || data.empty() || data.size() > kMaxData) return false;
  const Running running(*this);
  used_ = true;
  if (!idle_at_) restore_buffers();
  const int sent = run([&](SSL* ssl) { return SSL_write(ssl, data.data(), static_cast<int>(data.size())); });
  if (sent > 0) return true;
  settle(sent);
  return false;
}

void Transport::Association::receive(ByteView datagram, TimePoint now) {
  if (in_openssl_ || datagram.empty()) return;
  if (state_ == State::New) return keep_early(datagram);
  const Running running(*this);
  now_ = now;
  inbox = datagram;
  if (state_ == State::Connecting) {
    handshake();
  } else if (state_ == State::Connected) {
    used_ = true;
    if (!idle_at_) restore_buffers();
    read_records();
  }
  inbox = {};
}

void Transport::Association::read_records() {
  std::array<std::uint8_t, kMaxData> data;  // not initialized: that would cost more than the rest of this function
  while (state_ == State::Connected) {
    const int size = run([&](SSL* ssl) { return SSL_read(ssl, data.data(), static_cast<int>(data.size())); });
    if (size <= 0) return settle(size);
    if (state_ != State::Connected) return;
    if (handler_ != nullptr) handler_->on_dtls_data(std::span(data).first(static_cast<std::size_t>(size)));
    if (handler_ == nullptr) return;
    // Another SSL_read would find nothing to do, but not for free.
    if (inbox.empty() && SSL_has_pending(ssl_.get()) == 0) return;
  }
}

void Transport::Association::settle(int result) {
  if (state_ == State::Closed || state_ == State::Failed) return;
  switch (-result) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      shut_down();  // RFC 5246 section 7.2.1: a close_notify is answered with one
      if (handler_ != nullptr) handler_->on_dtls_closed();
      return;
    default:
      fail_with_openssl();
  }
}

void Transport::Association::write_datagram(ByteView datagram) noexcept {
  if (handler_ != nullptr) handler_->on_dtls_packet(datagram);
}

void Transport::Association::close() {
  if (in_openssl_) {
    close_wanted_ = true;
    return;
  }
  const Running running(*this);
  shut_down();
}

void Transport::Association::shut_down() {
  close_wanted_ = false;
  if (state_ == State::Closed || state_ == State::Failed) return;
  const bool tell = state_ == State::Connected;
  if (tell && !idle_at_) restore_buffers();
  become(State::Closed);
  if (tell) run([](SSL* ssl) { return SSL_shutdown(ssl); });
}

void Transport::Association::become(State final_state) {
  state_ = final_state;
  retransmission_.stop();
  give_up_at_.reset();
  idle_at_.reset();
  early_.clear();
}

std::optional<TimePoint> Transport::Association::next_deadline() const {
  return earlier(earlier(retransmission_.deadline(), give_up_at_), idle_at_);
}

void Transport::Association::advance(TimePoint now) {
  if (in_openssl_) return;
  const Running running(*this);
  now_ = now;
  const auto due = [&](std::optional<TimePoint> deadline) { return deadline && now >= *deadline; };
  if (due(give_up_at_)) return fail(alerts_, "the DTLS handshake took too long");
  if (due(retransmission_.deadline())) {
    const int result = run([&](SSL* ssl) { return retransmission_.expire(ssl, now) ? 1 : -1; });
    if (result <= 0) settle(result);
  }
  if (!due(idle_at_)) return;
  if (used_) {
    used_ = false;
    idle_at_ = now + kIdle;
  } else {
    release_buffers();
  }
}

void Transport::Association::release_buffers() {
  if (SSL_free_buffers(ssl_.get()) == 1) {
    idle_at_.reset();
  } else {
    idle_at_ = now_ + kIdle;
  }
}

void Transport::Association::restore_buffers() {
  // Writing into a released buffer crashes in OpenSSL 3.0; reading allocates both, even with nothing to read.
  std::uint8_t none = 0;
  const ByteView kept = std::exchange(inbox, {});
  run([&](SSL* ssl) { return SSL_peek(ssl, &none, 1); });
  inbox = kept;
  idle_at_ = now_ + kIdle;
}

}  // namespace parley::dtls
