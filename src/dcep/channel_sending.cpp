// From send() to the wire: one queue per channel, one message or piece of each in turn, or as many
// bytes as its priority gives it.
#include <algorithm>

#include "dcep/channels_impl.hpp"
#include "dcep/utf8.hpp"

namespace parley::dcep {
namespace {

Ppid ppid_of(bool text, bool empty) {
  if (empty) return text ? Ppid::EmptyString : Ppid::EmptyBinary;
  return text ? Ppid::String : Ppid::Binary;
}

/// RFC 8831 section 6.6: SCTP cannot carry an empty message, so one zero byte stands for it.
constexpr std::uint8_t kFiller[] = {0};

/// RFC 8832 section 6: ordered until the peer is known to have the OPEN; DCEP is always ordered and reliable.
Reliability reliability_of(const Channel& channel, Ppid ppid) {
  if (ppid == Ppid::Dcep) return {};
  const bool early = channel.handshake == Channel::Handshake::AwaitingAck;
  return {.ordered = channel.init.ordered || early,
          .max_retransmits = channel.init.max_retransmits,
          .max_packet_life_time = channel.init.max_packet_life_time};
}

/// Bytes in one turn: RFC 8831 section 6.4.
std::int64_t share(const Channel& channel) {
  constexpr std::int64_t kOfOnePart = 8192;
  return kOfOnePart * weight(importance_of(channel.init.priority));
}

}  // namespace

Result<void> Channels::Impl::check_send(ChannelKey key, bool text, ByteView message) const {
  const Channel* channel = find(key);
  if (channel == nullptr || channel->state != ChannelState::Open)
    return parley::fail(ErrorKind::InvalidStateError, "the channel is not open");
  if (max_message_size != 0 && message.size() > max_message_size)
    return parley::fail(ErrorKind::TypeError, "the message is larger than the peer's max-message-size");
  if (text && !is_utf8(message)) return parley::fail(ErrorKind::TypeError, "the text is not UTF-8");
  if (channel->buffered > 0 && channel->buffered + message.size() > limits.buffered_amount)
    return parley::fail(ErrorKind::OperationError, "the channel's send buffer is full");
  return {};
}

/// `owned`: where `message` lives if it may be moved from there.
Result<void> Channels::Impl::send(ChannelKey key, bool text, ByteView message, Bytes* owned) {
  if (auto checked = check_send(key, text, message); !checked) return checked;
  Channel& channel = *find(key);
  Outgoing out{.ppid = ppid_of(text, message.empty())};
  channel.buffered += message.size();

  ByteView rest = message.empty() ? ByteView(kFiller) : message;
  SendResult result = SendResult::WouldBlock;
  if (channel.outbox.empty() && ready.empty() && !blocked && !draining) {
    result = pass(*channel.init.id, out, rest, reliability_of(channel, out.ppid));
    if (result == SendResult::Failed) {
      fail(channel, channel_failure("the association cannot send on the channel's stream"));
      return parley::fail(ErrorKind::OperationError, "the association cannot send on the channel's stream");
    }
  }
  const std::size_t passed = out.taken;
  if (result != SendResult::Sent) {
    if (owned != nullptr && !message.empty()) {
      out.bytes = std::move(*owned);
    } else {
      out.bytes.assign(rest.begin(), rest.end());
      out.taken = 0;
    }
    enqueue(channel, std::move(out));
  }
  // What the observer sends from its callback is queued and goes from the loop in drain(), not from ever deeper calls.
  const bool was_draining = std::exchange(draining, true);
  taken(key, ppid_of(text, message.empty()), passed, result == SendResult::Sent);
  draining = was_draining;
  drain();
  return {};
}

void Channels::Impl::enqueue(Channel& channel, Outgoing message) {
  if (channel.outbox.empty()) ready.push_back(*channel.init.id);
  channel.outbox.push(std::move(message));
}

/// Gives the wire what it takes; `message` remembers how far it got. `reliability` is for one that has not begun.
SendResult Channels::Impl::pass(StreamId stream, Outgoing& message, ByteView& rest, const Reliability& reliability) {
  const std::size_t before = rest.size();
  const Reliability how = message.reliability.value_or(reliability);
  const SendResult result = wire->send({stream, message.ppid, how}, rest);
  message.taken += before - rest.size();
  if (rest.size() < before) message.reliability = how;
  if (result == SendResult::WouldBlock) blocked = true;
  return result;
}

void Channels::Impl::drain() {
  if (draining) return;
  draining = true;
  // Streams in a row that had to wait for another one: a whole round of them is the end.
  std::size_t fruitless = 0;
  while (wire != nullptr && !blocked && fruitless < ready.size()) {
    const StreamId stream = ready.front();
    ready.pop_front();
    fruitless = send_next(stream) ? 0 : fruitless + 1;
  }
  draining = false;
  flush_resets();
}

/// False if nothing could be done for the stream.
bool Channels::Impl::send_next(StreamId stream) {
  if (Channel* channel = find(stream)) return channel->outbox.empty() || send_next(*channel);
  const auto ending = endings.find(stream);
  return ending == endings.end() || !ending->second.tail || send_tail(stream, ending->second);
}

bool Channels::Impl::send_next(Channel& channel) {
  if (!has_turn(channel)) {
    ready.push_back(*channel.init.id);
    return true;
  }
  Outgoing& message = channel.outbox.front();
  const Ppid ppid = message.ppid;
  const std::size_t before = message.taken;
  ByteView rest = message.rest();
  const SendResult result = pass(*channel.init.id, message, rest, reliability_of(channel, ppid));
  const std::size_t passed = message.taken - before;
  if (result == SendResult::Failed) {
    fail(channel, channel_failure("the association cannot send on the channel's stream"));
    return true;
  }
  if (result == SendResult::Sent) channel.outbox.pop();
  requeue(channel, result, passed);
  taken(channel.key, ppid, passed, result == SendResult::Sent);
  return result != SendResult::Busy;
}

bool Channels::Impl::send_tail(StreamId stream, Ending& ending) {
  const std::size_t before = ending.tail->taken;
  ByteView rest = ending.tail->rest();
  const SendResult result = pass(stream, *ending.tail, rest, {});
  if (result == SendResult::Sent || result == SendResult::Failed) {
    ending.tail.reset();
    request_reset(stream, ending.closure);
  } else {
    requeue(stream, result, ending.tail->taken > before);
  }
  return result != SendResult::Busy;
}

/// Whether it is the channel's turn: if shares differ, those that have had more than theirs are left out.
bool Channels::Impl::has_turn(Channel& channel) const {
  if (uncommon == 0 || channel.credit > 0) return true;
  channel.credit += share(channel);
  return channel.credit > 0;
}

void Channels::Impl::requeue(Channel& channel, SendResult result, std::size_t passed) {
  if (uncommon > 0) channel.credit -= static_cast<std::int64_t>(passed);
  if (channel.outbox.empty()) {
    channel.credit = std::min<std::int64_t>(channel.credit, 0);  // nothing is saved up, and debts stay
  } else if (uncommon > 0 && channel.credit > 0 && result != SendResult::Busy) {
    ready.push_front(*channel.init.id);
  } else {
    requeue(*channel.init.id, result, passed > 0);
  }
}

/// A stream that the full wire left with nothing is the first to go when there is room again.
void Channels::Impl::requeue(StreamId stream, SendResult result, bool progress) {
  if (result == SendResult::WouldBlock && !progress) {
    ready.push_front(stream);
  } else {
    ready.push_back(stream);
  }
}

/// The bookkeeping after the wire took `bytes` of a message, the last of them if `complete`.
void Channels::Impl::taken(ChannelKey key, Ppid ppid, std::size_t bytes, bool complete) {
  Channel& channel = *find(key);
  const bool payload = is_payload(ppid) && bytes > 0;
  if (payload) {
    channel.buffered -= bytes;
    channel.counters.bytes_sent += bytes;
  }
  const bool message = complete && ppid != Ppid::Dcep;
  if (message) ++channel.counters.messages_sent;
  const bool open_sent = complete && ppid == Ppid::Dcep && channel.handshake == Channel::Handshake::OpenQueued;
  if (open_sent) channel.handshake = Channel::Handshake::AwaitingAck;
  if (channel.outbox.empty() && channel.closure.outgoing == Closure::Outgoing::Draining)
    request_reset(*channel.init.id, channel.closure);
  const Taken taken{.bytes = payload ? bytes : 0, .messages = message ? 1U : 0U, .left = channel.buffered};
  if (payload || message) observer.on_channel_taken(key, taken);
  if (!open_sent) return;
  if (const Channel* still = find(key); still != nullptr && still->state == ChannelState::Connecting) opened(key);
}

}  // namespace parley::dcep
