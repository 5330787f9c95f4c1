// Data channels as the program sees them: webrtc-pc section 6.
#include <cstring>

#include "api/peer.hpp"
#include "api/rtp_parameters.hpp"
#include "base/reactor.hpp"

namespace parley::api {
namespace {

/// What may wait for a program that does not listen, for each channel and for all of a connection's; then the channel
/// fails.
constexpr std::size_t kMaxWaitingBytes = 16 << 20;
constexpr std::size_t kMaxWaitingBytesOfAll = 64 << 20;

std::span<const std::byte> to_bytes(ByteView view) { return std::as_bytes(view); }

}  // namespace

/// webrtc-pc section 6.1.1, createDataChannel.
std::shared_ptr<RTCDataChannel> Peer::create_data_channel(std::string_view label, const RTCDataChannelInit& init,
                                                          bool from_loop) {
  if (closed_) throw InvalidStateError("the connection is closed");
  dcep::ChannelInit wanted{.label = std::string(label),
                           .protocol = init.protocol,
                           .ordered = init.ordered,
                           .max_packet_life_time = init.maxPacketLifeTime,
                           .max_retransmits = init.maxRetransmits,
                           .negotiated = init.negotiated,
                           .priority = dcep::priority_of(importance_of(init.priority))};
  if (init.id) wanted.id = dcep::StreamId(*init.id);
  const bool first = !connection_.data_channel_was_created();
  auto key = connection_.create_channel(std::move(wanted));
  if (!key) throw_exception(key.error());
  const auto& [core, object] = add_channel(*key, *connection_.channels().init(*key));
  core->open_waits = !from_loop;
  connection_.channels().open(*key);
  if (first) update_negotiation_needed();
  return object;
}

Peer::Channel& Peer::add_channel(dcep::ChannelKey key, const dcep::ChannelInit& init) {
  auto core = std::make_shared<DataChannelCore>();
  core->loop = loop_;
  core->peer = weak_from_this();
  core->key = key;
  core->init = init;
  if (const auto id = connection_.channels().id(key)) core->id = id->get();
  if (sctp_core_ && sctp_core_->max_message_size) core->max_message_size = *sctp_core_->max_message_size;
  const auto added = [weak = std::weak_ptr(core), loop = std::weak_ptr(loop_)] {
    const auto alive = loop.lock();
    if (!alive) return;
    alive->post([weak] {
      const auto channel = weak.lock();
      if (!channel) return;
      if (const auto peer = channel->peer.lock()) peer->pump_later(channel);
    });
  };
  core->lists->get<"message">()->on_added(added);
  core->lists->get<"open">()->on_added(added);
  auto object = std::make_shared<RTCDataChannel>(core);
  return channels_.insert_or_assign(key, Channel{std::move(core), std::move(object)}).first->second;
}

void Peer::on_channel_announced(dcep::ChannelKey key, const dcep::ChannelInit& init) {
  const Channel& channel = add_channel(key, init);
  note_open(*channel.core);
  channel.core->state = RTCDataChannelState::Open;  // so that a datachannel handler can send; `open` is fired after it
  queue([this, object = channel.object] { fire<"datachannel">(RTCDataChannelEvent{object}); });
}

void Peer::on_channel_id(dcep::ChannelKey key, dcep::StreamId id) {
  if (const auto found = channels_.find(key); found != channels_.end()) found->second.core->id = id.get();
}

void Peer::on_channel_open(dcep::ChannelKey key) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  queue([this, channel = found->second.core] {
    // Another thread may close it at any time; who has been announced is open already.
    RTCDataChannelState was = RTCDataChannelState::Connecting;
    if (!channel->state.compare_exchange_strong(was, RTCDataChannelState::Open) && was != RTCDataChannelState::Open)
      return;
    note_open(*channel);
    channel->open_is_due = true;
    fire_open(*channel);
  });
}

/// RTCPeerConnectionStats counts it, once.
void Peer::note_open(DataChannelCore& channel) {
  if (!std::exchange(channel.was_open, true)) ++channels_opened_;
}

void Peer::fire_open(DataChannelCore& channel) {
  if (!channel.open_is_due || (channel.open_waits && channel.lists->get<"open">()->empty())) return;
  channel.open_is_due = false;
  if (channel.state == RTCDataChannelState::Open) channel.lists->get<"open">()->fire({"open"});
}

void Peer::on_channel_message(dcep::ChannelKey key, bool text, ByteView message) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  const std::shared_ptr<DataChannelCore> channel = found->second.core;
  const RTCDataChannelState state = channel->state;
  if (state == RTCDataChannelState::Closing || state == RTCDataChannelState::Closed) return;
  const bool listening = !channel->lists->get<"message">()->empty();
  if (queued_ == 0 && channel->waiting.empty() && listening) {
    fire_message(*channel, text, to_bytes(message));
    return;
  }
  const std::size_t cost = message.size() + DataChannelCore::kMessageCost;
  // A first one always fits: its size has been checked against what we announced.
  const bool too_much = (!channel->waiting.empty() && channel->waiting_bytes + cost > kMaxWaitingBytes) ||
                        (waiting_bytes_ > 0 && waiting_bytes_ + cost > kMaxWaitingBytesOfAll);
  if (too_much) {
    connection_.channels().fail(key, {.kind = ErrorKind::RTCError,
                                      .message = "too much arrived before there was a message handler",
                                      .detail = RTCErrorInit{.errorDetail = RTCErrorDetailType::DataChannelFailure}});
    return;
  }
  const auto bytes = to_bytes(message);
  channel->waiting.push_back({text, {bytes.begin(), bytes.end()}});
  channel->waiting_bytes += cost;
  waiting_bytes_ += cost;
  if (listening && channel->waiting.size() == 1) pump_later(channel);
}

void Peer::fire_message(DataChannelCore& channel, bool text, std::span<const std::byte> bytes) {
  loop_->reactor().polling().heard();
  channel.lists->get<"message">()->fire(MessageEvent(text, bytes));
}

void Peer::pump_later(const std::shared_ptr<DataChannelCore>& channel) {
  // Through the queue, because earlier events come first, `open` above all.
  if (!closed_) queue([this, channel] { pump(*channel); });
}

void Peer::pump(DataChannelCore& channel) {
  fire_open(channel);
  if (channel.state == RTCDataChannelState::Connecting) return;
  while (!channel.waiting.empty() && !channel.lists->get<"message">()->empty()) {
    const DataChannelCore::Waiting message = std::move(channel.waiting.front());
    channel.waiting.pop_front();
    const std::size_t cost = message.bytes.size() + DataChannelCore::kMessageCost;
    channel.waiting_bytes -= cost;
    waiting_bytes_ -= cost;
    fire_message(channel, message.text, message.bytes);
  }
}

/// Nobody can be told any more.
void Peer::forget_waiting(DataChannelCore& channel) {
  channel.waiting = {};
  waiting_bytes_ -= std::exchange(channel.waiting_bytes, 0);
}

void Peer::send(DataChannelCore& channel, bool text, std::vector<std::uint8_t>&& message) {
  // What was refused meanwhile (the channel closed on the way here) is lost, as data is that a browser still had
  // queued.
  if (!closed_) (void)connection_.channels().send(channel.key, text, std::move(message));
  loop_->reactor().polling().sent();
}

void Peer::send(DataChannelCore& channel, bool text, ByteView message) {
  if (!closed_) (void)connection_.channels().send(channel.key, text, message);
  loop_->reactor().polling().sent();
}

void Peer::write(DataChannelCore& channel, PromiseResolver<void> done) {
  if (closed_ || channel.state != RTCDataChannelState::Open) {
    done.reject(InvalidStateError("the data channel is not open"));
  } else if (channel.unsent_cost() < RTCDataChannel::kHighWater) {
    done.resolve();
  } else {
    channel.writers.push_back(std::move(done));
  }
}

void Peer::on_channel_taken(dcep::ChannelKey key, const dcep::Taken& taken) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  DataChannelCore& channel = *found->second.core;
  channel.taken += taken.bytes;
  channel.taken_messages += taken.messages;
  settle_buffered_later(channel);
}

/// bufferedAmount must not fall while the program's own task runs (webrtc-pc section 6.2, [[BufferedAmount]]).
void Peer::settle_buffered_later(DataChannelCore& channel) {
  if (std::exchange(channel.settling, true)) return;
  loop_->post([weak = weak_from_this(), core = channels_.at(channel.key).core] {
    const auto self = weak.lock();
    if (self && !self->closed_) self->settle_buffered(core);
  });
}

void Peer::settle_buffered(const std::shared_ptr<DataChannelCore>& channel) {
  channel->settling = false;
  const std::size_t taken = std::exchange(channel->taken, 0);
  channel->unsent -= std::exchange(channel->taken_messages, 0);
  const std::size_t before = channel->buffered.fetch_sub(taken);
  const std::size_t threshold = channel->low_threshold;
  while (!channel->writers.empty() && channel->unsent_cost() < RTCDataChannel::kHighWater) {
    const PromiseResolver<void> writer = std::move(channel->writers.front());
    channel->writers.pop_front();
    writer.resolve();
  }
  if (before > threshold && before - taken <= threshold)
    channel->lists->get<"bufferedamountlow">()->fire({"bufferedamountlow"});
}

void Peer::close_channel(DataChannelCore& channel) {
  forget_waiting(channel);  // webrtc-pc section 6.2: what arrives while the channel is not open is discarded
  if (!closed_) connection_.channels().close(channel.key);
}

void Peer::on_channel_closing(dcep::ChannelKey key) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  queue([channel = found->second.core] {
    const RTCDataChannelState state = channel->state;
    if (state == RTCDataChannelState::Closing || state == RTCDataChannelState::Closed) return;
    channel->state = RTCDataChannelState::Closing;
    channel->lists->get<"closing">()->fire({"closing"});
  });
}

void Peer::on_channel_closed(dcep::ChannelKey key, const std::optional<Error>& error) {
  queue([this, key, error] { finish_channel(key, error); });
}

/// webrtc-pc section 6.2, "announce the data channel as closed".
void Peer::finish_channel(dcep::ChannelKey key, const std::optional<Error>& error) {
  const auto found = channels_.find(key);
  if (found == channels_.end()) return;
  const Channel channel = std::move(found->second);
  channels_.erase(found);
  forget_waiting(*channel.core);
  if (channel.core->was_open) ++channels_closed_;
  channel.core->state = RTCDataChannelState::Closed;
  if (error)
    channel.core->lists->get<"error">()->fire(
        RTCErrorEvent{to_rtc_error(*error, RTCErrorDetailType::DataChannelFailure)});
  channel.core->lists->get<"close">()->fire({"close"});
  channel.core->lists->close();
  for (const auto& writer : std::exchange(channel.core->writers, {}))
    writer.reject(InvalidStateError("the data channel was closed"));
}

}  // namespace parley::api
