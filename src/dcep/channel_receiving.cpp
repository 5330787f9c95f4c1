// From the association to the observer.
#include "dcep/channels_impl.hpp"
#include "dcep/utf8.hpp"

namespace parley::dcep {

void Channels::Impl::receive(StreamId stream, Ppid ppid, ByteView message) {
  if (wire == nullptr || stream.get() >= max_channels) return;
  Channel* channel = find(stream);
  if (channel == nullptr) {
    const auto ending = endings.find(stream);
    if (ending != endings.end()) {
      // After the peer's reset, what comes is the stream's next life.
      if (ending->second.closure.incoming_reset) hold(stream, ppid, message);
      return;
    }
  } else if (channel->closure.incoming_reset) {
    return hold(stream, ppid, message);
  }
  if (ppid == Ppid::Dcep) return receive_dcep(stream, message);
  if (channel == nullptr || channel->state == ChannelState::Connecting) return hold(stream, ppid, message);
  deliver(*channel, ppid, message);
}

/// RFC 8832 section 6 calls data on an unused stream an error that closes the stream. We wait as far as the limits go,
/// for a negotiated channel's two programs need not create it at the same time.
void Channels::Impl::hold(StreamId stream, Ppid ppid, ByteView message) {
  if (held.add(stream, ppid, message) || in_use(stream)) return;
  refuse(stream);
}

void Channels::Impl::replay(StreamId stream) {
  if (!held.has(stream)) return;
  const Holding::Stream was = held.take(stream);
  if (was.overflowed) {
    if (Channel* channel = find(stream)) {
      fail(*channel, channel_failure("more data than we hold arrived before the channel was open"));
    } else {
      refuse(stream);
    }
    return;
  }
  for (const Holding::Held& one : was.messages) receive(stream, one.ppid, one.message);
}

void Channels::Impl::deliver(Channel& channel, Ppid ppid, ByteView message) {
  if (channel.handshake == Channel::Handshake::AwaitingAck) channel.handshake = Channel::Handshake::Done;
  if (channel.state != ChannelState::Open) return;  // webrtc-pc section 6.2: a closing channel receives nothing
  bool partial = false;
  bool text = false;
  switch (ppid) {
    case Ppid::StringPartial:
    case Ppid::BinaryPartial:
      partial = true;
      break;
    case Ppid::String:
      text = true;
      break;
    case Ppid::Binary:
      break;
    case Ppid::EmptyString:
      text = true;
      [[fallthrough]];
    case Ppid::EmptyBinary:
      message = {};
      break;
    default:
      return;  // another protocol's: not ours to judge
  }
  if (limits.receive_message_size != 0 && channel.partial.size() + message.size() > limits.receive_message_size)
    return fail(channel, channel_failure("the peer sent a message above our max-message-size"));
  Bytes whole;
  if (partial || !channel.partial.empty()) {
    channel.partial.insert(channel.partial.end(), message.begin(), message.end());
    if (partial) return;
    whole = std::exchange(channel.partial, {});
    message = whole;
  }
  std::string repaired;
  if (text && !is_utf8(message)) {
    repaired = to_utf8(message);
    message = as_bytes(repaired);
  }
  ++channel.counters.messages_received;
  channel.counters.bytes_received += message.size();
  observer.on_channel_message(channel.key, text, message);
}

}  // namespace parley::dcep
