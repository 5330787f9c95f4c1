#include "sctp/mailbox.hpp"

#include "base/reactor.hpp"

namespace parley::sctp {
namespace {
/// A timer sends a few packets; what is beyond is lost, and SCTP sends it again.
constexpr std::size_t kMaxPackets = 256;
}  // namespace

Mailbox::Mailbox(EventLoop& loop, Endpoint& endpoint)
    : loop_(&loop), reactor_(loop.reactor().shared_from_this()), endpoint_(&endpoint) {}

void Mailbox::output(const std::shared_ptr<Mailbox>& box, ByteView packet) {
  if (EventLoop::current() == box->loop_) {
    if (box->endpoint_ != nullptr) box->endpoint_->output(packet);
    return;
  }
  const std::lock_guard lock(box->mutex_);
  if (box->packets_.size() < kMaxPackets) box->packets_.emplace_back(packet.begin(), packet.end());
  box->post(box);
}

void Mailbox::look(const std::shared_ptr<Mailbox>& box) {
  const std::lock_guard lock(box->mutex_);
  box->look_ = true;
  box->post(box);
}

void Mailbox::post(const std::shared_ptr<Mailbox>& self) {
  if (std::exchange(posted_, true)) return;
  reactor_->post([self] { self->empty(); });
}

void Mailbox::empty() {
  std::vector<Bytes> packets;
  bool look = false;
  {
    const std::lock_guard lock(mutex_);
    packets = std::exchange(packets_, {});
    look = std::exchange(look_, false);
    posted_ = false;
  }
  for (const Bytes& packet : packets)
    if (endpoint_ != nullptr) endpoint_->output(packet);
  if (look && endpoint_ != nullptr) endpoint_->look();
}

}  // namespace parley::sctp
