// How channels come to be: createDataChannel, ids, and the opening handshake of RFC 8832.
#include "dcep/channels_impl.hpp"
#include "dcep/utf8.hpp"

namespace parley::dcep {
namespace {

constexpr std::size_t kMaxName = 65535;  // the length fields of RFC 8832 section 5.1

/// The argument checks of webrtc-pc section 6.1.1.1's createDataChannel.
Result<void> check(const ChannelInit& init) {
  if (init.label.size() > kMaxName || init.protocol.size() > kMaxName)
    return fail(ErrorKind::TypeError, "label and protocol can have at most 65535 bytes each");
  if (!is_utf8(as_bytes(init.label)) || !is_utf8(as_bytes(init.protocol)))
    return fail(ErrorKind::TypeError, "label and protocol must be UTF-8");
  if (init.negotiated && !init.id) return fail(ErrorKind::TypeError, "a negotiated channel needs an id");
  if (init.max_packet_life_time && init.max_retransmits)
    return fail(ErrorKind::TypeError, "maxPacketLifeTime and maxRetransmits exclude each other");
  if (init.id == StreamId(65535)) return fail(ErrorKind::TypeError, "65535 is not a channel id");
  return {};
}

OpenMessage open_message(const ChannelInit& init) {
  return {.label = init.label,
          .protocol = init.protocol,
          .reliability = {.ordered = init.ordered,
                          .max_retransmits = init.max_retransmits,
                          .max_packet_life_time = init.max_packet_life_time},
          .priority = init.priority};
}

ChannelInit init_of(StreamId stream, OpenMessage message) {
  return {.label = std::move(message.label),
          .protocol = std::move(message.protocol),
          .ordered = message.reliability.ordered,
          .max_packet_life_time = message.reliability.max_packet_life_time,
          .max_retransmits = message.reliability.max_retransmits,
          .negotiated = false,
          .id = stream,
          .priority = message.priority};
}

}  // namespace

Result<ChannelKey> Channels::Impl::create(ChannelInit init) {
  if (!init.negotiated) init.id.reset();
  if (auto checked = check(init); !checked) return Unexpected<Error>(std::move(checked).error());
  if (!init.negotiated && role) {
    init.id = free_id();
    if (!init.id) return parley::fail(ErrorKind::OperationError, "every id is in use");
  }
  if (init.id && in_use(*init.id)) return parley::fail(ErrorKind::OperationError, "the id is in use");
  if (init.id && init.id->get() >= max_channels)
    return parley::fail(ErrorKind::OperationError, "the id is beyond the association's streams");

  const ChannelKey key(++last_key);
  add(std::make_unique<Channel>(Channel{.key = key, .init = std::move(init)}));
  return key;
}

bool Channels::Impl::in_use(StreamId stream) const { return by_stream.contains(stream) || endings.contains(stream); }

/// RFC 8832 section 6: even for the DTLS client, odd for the server. A stream on which the peer has sent something
/// without opening it is the last choice.
std::optional<StreamId> Channels::Impl::free_id() {
  std::optional<StreamId> spoilt;
  for (unsigned id = role == DtlsRole::Client ? 0 : 1; id < max_channels; id += 2) {
    const StreamId stream(static_cast<std::uint16_t>(id));
    if (in_use(stream)) continue;
    if (!held.has(stream)) return stream;
    if (!spoilt) spoilt = stream;
  }
  if (spoilt) held.take(*spoilt);
  return spoilt;
}

void Channels::Impl::assign_id(Channel& channel) {
  if (channel.init.id) return;
  const auto id = free_id();
  if (!id) return end(channel, channel_failure("every data channel id is in use"));
  channel.init.id = id;
  by_stream[*id] = &channel;
  observer.on_channel_id(channel.key, *id);
}

void Channels::Impl::open(Channel& channel) {
  if (wire == nullptr || channel.state != ChannelState::Connecting || !channel.init.id) return;
  if (channel.handshake != Channel::Handshake::NotBegun) return;
  if (channel.init.negotiated) {
    channel.handshake = Channel::Handshake::Done;
    return opened(channel.key);
  }
  channel.handshake = Channel::Handshake::OpenQueued;
  enqueue(channel, {.ppid = Ppid::Dcep, .bytes = write(open_message(channel.init))});
  drain();
}

void Channels::Impl::opened(ChannelKey key) {
  Channel* channel = find(key);
  channel->state = ChannelState::Open;
  const StreamId stream = *channel->init.id;
  observer.on_channel_open(key);
  replay(stream);
}

void Channels::Impl::receive_dcep(StreamId stream, ByteView bytes) {
  auto message = parse(bytes);
  Channel* channel = find(stream);
  if (channel != nullptr) {
    // RFC 8832 section 6: an OPEN on a used stream, or one that is not well-formed, closes the channel.
    if (!message || std::holds_alternative<OpenMessage>(*message)) {
      if (channel->state != ChannelState::Closing)
        fail(*channel, channel_failure("the peer opened another channel on this channel's stream"));
    } else if (std::holds_alternative<AckMessage>(*message)) {
      if (channel->handshake == Channel::Handshake::AwaitingAck) channel->handshake = Channel::Handshake::Done;
    }
    return;
  }
  if (!message) return refuse(stream);
  if (auto* open = std::get_if<OpenMessage>(&*message)) receive_open(stream, std::move(*open));
}

/// RFC 8832 section 6: the stream is unused and belongs to the peer's role; and our own limits.
bool Channels::Impl::acceptable(StreamId stream, const OpenMessage& message) const {
  const bool odd = stream.get() % 2 == 1;
  return role && odd == (*role == DtlsRole::Client) && stream.get() < max_channels &&
         remote_channels < limits.remote_channels &&
         remote_names + message.label.size() + message.protocol.size() <= limits.remote_names;
}

void Channels::Impl::receive_open(StreamId stream, OpenMessage message) {
  if (!acceptable(stream, message)) return refuse(stream);
  const ChannelKey key(++last_key);
  auto channel = std::make_unique<Channel>(Channel{
      .key = key, .init = init_of(stream, std::move(message)), .handshake = Channel::Handshake::Done, .remote = true});
  ++remote_channels;
  remote_names += channel->init.label.size() + channel->init.protocol.size();
  const ChannelInit init = channel->init;
  enqueue(*channel, {.ppid = Ppid::Dcep, .bytes = write(AckMessage{})});
  add(std::move(channel));
  observer.on_channel_announced(key, init);
  if (Channel* still = find(key); still != nullptr && still->state == ChannelState::Connecting) opened(key);
  drain();
}

}  // namespace parley::dcep
