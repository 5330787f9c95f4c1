#include "parley/data_channel.hpp"

#include <limits>

#include "api/cores.hpp"
#include "api/peer.hpp"
#include "api/rtp_parameters.hpp"
#include "dcep/utf8.hpp"

namespace parley {
namespace {

/// dcep::Limits::buffered_amount, checked here as well because send() may come from another thread than the loop's.
constexpr std::size_t kMaxBuffered = dcep::Limits{}.buffered_amount;

/// webrtc-pc section 6.2, send() steps 2 to 5. Counts the message as buffered.
void admit(api::DataChannelCore& core, std::size_t size) {
  if (core.state != RTCDataChannelState::Open) throw InvalidStateError("the data channel is not open");
  if (static_cast<double>(size) > core.max_message_size)
    throw TypeError("the message is larger than the peer's maximum message size");
  const std::size_t bytes = core.buffered.fetch_add(size);
  const std::size_t messages = core.unsent.fetch_add(1);
  if (messages != 0 && bytes + size + messages * core.kMessageCost > kMaxBuffered) {
    core.buffered.fetch_sub(size);
    core.unsent.fetch_sub(1);
    throw OperationError("the send buffer is full");
  }
}

void send_view(const std::shared_ptr<api::DataChannelCore>& core, bool text, ByteView message) {
  admit(*core, message.size());
  if (core->loop->is_current()) {
    if (const auto peer = core->peer.lock()) peer->send(*core, text, message);
    return;
  }
  core->loop->post([core, text, copy = Bytes(message.begin(), message.end())]() mutable {
    if (const auto peer = core->peer.lock()) peer->send(*core, text, std::move(copy));
  });
}

void send_owned(const std::shared_ptr<api::DataChannelCore>& core, Bytes&& message) {
  admit(*core, message.size());
  if (core->loop->is_current()) {
    if (const auto peer = core->peer.lock()) peer->send(*core, false, std::move(message));
    return;
  }
  core->loop->post([core, message = std::move(message)]() mutable {
    if (const auto peer = core->peer.lock()) peer->send(*core, false, std::move(message));
  });
}

/// Sends by `send` and answers when there is room for more.
template <class Send>
Promise<void> write(const std::shared_ptr<api::DataChannelCore>& core, Send send) {
  PromiseResolver<void> done(core->loop.get());
  try {
    send();
  } catch (...) {
    done.reject(std::current_exception());
    return done.promise();
  }
  const auto wait = [core, done] {
    if (const auto peer = core->peer.lock()) {
      peer->write(*core, done);
    } else {
      done.reject(InvalidStateError("the connection is closed"));
    }
  };
  if (core->loop->is_current()) {
    wait();
  } else {
    core->loop->post(wait);
  }
  return done.promise();
}

}  // namespace

void MessageEvent::retain() {
  owned_.assign(view_.begin(), view_.end());
  view_ = owned_;
}

RTCDataChannel::RTCDataChannel(std::shared_ptr<api::DataChannelCore> core)
    : RTCDataChannelEvents(core->lists), core_(std::move(core)) {}
RTCDataChannel::~RTCDataChannel() = default;

const std::string& RTCDataChannel::label() const { return core_->init.label; }
bool RTCDataChannel::ordered() const { return core_->init.ordered; }
std::optional<std::uint16_t> RTCDataChannel::maxPacketLifeTime() const { return core_->init.max_packet_life_time; }
std::optional<std::uint16_t> RTCDataChannel::maxRetransmits() const { return core_->init.max_retransmits; }
const std::string& RTCDataChannel::protocol() const { return core_->init.protocol; }
bool RTCDataChannel::negotiated() const { return core_->init.negotiated; }
RTCPriorityType RTCDataChannel::priority() const { return api::to_w3c(dcep::importance_of(core_->init.priority)); }
RTCDataChannelState RTCDataChannel::readyState() const { return core_->state; }
std::size_t RTCDataChannel::bufferedAmount() const { return core_->buffered; }
std::size_t RTCDataChannel::bufferedAmountLowThreshold() const { return core_->low_threshold; }
void RTCDataChannel::bufferedAmountLowThreshold(std::size_t bytes) { core_->low_threshold = bytes; }

std::optional<std::uint16_t> RTCDataChannel::id() const {
  const int id = core_->id;
  if (id < 0) return std::nullopt;
  return static_cast<std::uint16_t>(id);
}

void RTCDataChannel::send(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  if (dcep::is_utf8(bytes)) return send_view(core_, true, bytes);
  const std::string repaired = dcep::to_utf8(bytes);  // Web IDL's USVString
  send_view(core_, true, as_bytes(repaired));
}
void RTCDataChannel::send(std::span<const std::byte> bytes) {
  send_view(core_, false, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}
void RTCDataChannel::send(std::vector<std::uint8_t>&& bytes) { send_owned(core_, std::move(bytes)); }

Promise<void> RTCDataChannel::write(std::string_view text) {
  return parley::write(core_, [&] { send(text); });
}
Promise<void> RTCDataChannel::write(std::span<const std::byte> bytes) {
  return parley::write(core_, [&] { send(bytes); });
}
Promise<void> RTCDataChannel::write(std::vector<std::uint8_t>&& bytes) {
  return parley::write(core_, [&] { send(std::move(bytes)); });
}

/// webrtc-pc section 6.2, close().
void RTCDataChannel::close() {
  RTCDataChannelState before = core_->state;
  do {
    if (before == RTCDataChannelState::Closing || before == RTCDataChannelState::Closed) return;
  } while (!core_->state.compare_exchange_weak(before, RTCDataChannelState::Closing));
  const auto begin = [core = core_] {
    if (const auto peer = core->peer.lock()) peer->close_channel(*core);
  };
  if (core_->loop->is_current()) {
    begin();
  } else {
    core_->loop->post(begin);
  }
}

}  // namespace parley
