#include "dcep/channels.hpp"

#include <algorithm>

#include "dcep/channels_impl.hpp"

namespace parley::dcep {

Error channel_failure(std::string message) {
  return Error{.kind = ErrorKind::RTCError,
               .message = std::move(message),
               .detail = RTCErrorInit{.errorDetail = RTCErrorDetailType::DataChannelFailure}};
}

Channel* Channels::Impl::find(ChannelKey key) const {
  const auto found = channels.find(key);
  return found == channels.end() ? nullptr : found->second.get();
}

Channel* Channels::Impl::find(StreamId stream) const {
  const auto found = by_stream.find(stream);
  return found == by_stream.end() ? nullptr : found->second;
}

std::vector<ChannelKey> Channels::Impl::keys() const {
  std::vector<ChannelKey> out;
  out.reserve(channels.size());
  for (const auto& [key, channel] : channels) out.push_back(key);
  std::sort(out.begin(), out.end());
  return out;
}

void Channels::Impl::add(std::unique_ptr<Channel> channel) {
  if (importance_of(channel->init.priority) != Importance::Low) ++uncommon;
  if (channel->init.id) by_stream[*channel->init.id] = channel.get();
  channels[channel->key] = std::move(channel);
}

void Channels::Impl::remove(Channel& channel) {
  if (importance_of(channel.init.priority) != Importance::Low) --uncommon;
  if (channel.init.id) by_stream.erase(*channel.init.id);
  if (channel.remote) {
    --remote_channels;
    remote_names -= channel.init.label.size() + channel.init.protocol.size();
  }
  channels.erase(channel.key);
}

Channels::Channels(Observer& observer, Limits limits) : impl_(std::make_unique<Impl>(observer, limits)) {}
Channels::~Channels() = default;

Result<ChannelKey> Channels::create(ChannelInit init) { return impl_->create(std::move(init)); }

void Channels::open(ChannelKey key) {
  if (Channel* channel = impl_->find(key)) impl_->open(*channel);
}

void Channels::set_role(DtlsRole role) {
  impl_->role = role;
  for (const ChannelKey key : impl_->keys())
    if (Channel* channel = impl_->find(key)) impl_->assign_id(*channel);
}

unsigned Channels::streams_wanted() const {
  unsigned wanted = 0;
  for (const auto& [stream, channel] : impl_->by_stream) wanted = std::max(wanted, stream.get() + 1u);
  return wanted;
}

void Channels::transport_connected(const Connected& facts) {
  impl_->wire = &facts.wire;
  impl_->max_channels = std::min(facts.max_channels, 65535u);
  impl_->max_message_size = facts.max_message_size;
  impl_->blocked = false;
  for (const ChannelKey key : impl_->keys()) {
    Channel* channel = impl_->find(key);
    if (channel == nullptr || !channel->init.id) continue;
    // webrtc-pc section 6.1.1.3, the connected procedure.
    if (channel->init.id->get() >= impl_->max_channels) {
      impl_->end(*channel, channel_failure("the peer's SCTP association has too few streams for this channel's id"));
    } else {
      impl_->open(*channel);
    }
  }
}

void Channels::transport_closed(const std::optional<Error>& error) {
  impl_->wire = nullptr;
  impl_->endings.clear();
  impl_->held.clear();
  impl_->ready.clear();
  impl_->to_reset.clear();
  for (const ChannelKey key : impl_->keys())
    if (Channel* channel = impl_->find(key)) impl_->end(*channel, error);
}

void Channels::forget() {
  impl_->wire = nullptr;
  impl_->endings.clear();
  impl_->held.clear();
  impl_->ready.clear();
  impl_->to_reset.clear();
  impl_->by_stream.clear();
  impl_->channels.clear();
  impl_->remote_channels = impl_->remote_names = impl_->uncommon = 0;
}

void Channels::set_max_message_size(std::uint64_t bytes) { impl_->max_message_size = bytes; }

Result<void> Channels::send(ChannelKey key, bool text, ByteView message) {
  return impl_->send(key, text, message, nullptr);
}
Result<void> Channels::send(ChannelKey key, bool text, Bytes&& message) {
  return impl_->send(key, text, message, &message);
}

void Channels::close(ChannelKey key) {
  if (Channel* channel = impl_->find(key)) impl_->close(*channel);
}
void Channels::fail(ChannelKey key, Error error) {
  if (Channel* channel = impl_->find(key)) impl_->fail(*channel, std::move(error));
}

void Channels::receive(StreamId stream, Ppid ppid, ByteView message) { impl_->receive(stream, ppid, message); }

void Channels::message_too_long(StreamId stream) {
  if (impl_->wire == nullptr) return;
  if (Channel* channel = impl_->find(stream)) {
    impl_->fail(*channel, channel_failure("the peer sent a message above our max-message-size"));
  } else {
    impl_->refuse(stream);
  }
}

void Channels::incoming_reset(StreamId stream) {
  if (impl_->wire != nullptr) impl_->incoming_reset(stream);
}
void Channels::outgoing_reset_done(StreamId stream) {
  if (impl_->wire != nullptr) impl_->outgoing_reset_done(stream);
}

void Channels::writable() {
  impl_->blocked = false;
  impl_->drain();
}

ChannelState Channels::state(ChannelKey key) const {
  const Channel* channel = impl_->find(key);
  return channel == nullptr ? ChannelState::Closed : channel->state;
}
std::optional<StreamId> Channels::id(ChannelKey key) const {
  const Channel* channel = impl_->find(key);
  return channel == nullptr ? std::nullopt : channel->init.id;
}
std::size_t Channels::buffered_amount(ChannelKey key) const {
  const Channel* channel = impl_->find(key);
  return channel == nullptr ? 0 : channel->buffered;
}
const ChannelInit* Channels::init(ChannelKey key) const {
  const Channel* channel = impl_->find(key);
  return channel == nullptr ? nullptr : &channel->init;
}
ChannelCounters Channels::counters(ChannelKey key) const {
  const Channel* channel = impl_->find(key);
  return channel == nullptr ? ChannelCounters{} : channel->counters;
}
std::size_t Channels::size() const { return impl_->channels.size(); }

}  // namespace parley::dcep
