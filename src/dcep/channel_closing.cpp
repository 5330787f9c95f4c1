// How channels end: the closing procedure of RFC 8831 section 6.7 (each side resets its outgoing stream), and failure.
#include "dcep/channels_impl.hpp"

namespace parley::dcep {

void Channels::Impl::close(Channel& channel) {
  if (channel.state == ChannelState::Closing) return;
  if (channel.unborn()) return end(channel, std::nullopt);
  channel.state = ChannelState::Closing;
  begin_reset(channel);
}

/// What is queued goes first.
void Channels::Impl::begin_reset(Channel& channel) {
  channel.closure.outgoing = Closure::Outgoing::Draining;
  if (channel.outbox.empty()) request_reset(*channel.init.id, channel.closure);
  flush_resets();
}

void Channels::Impl::request_reset(StreamId stream, Closure& closure) {
  closure.outgoing = Closure::Outgoing::Requested;
  to_reset.push_back(stream);
}

/// Resets asked for during one drain leave as one request.
void Channels::Impl::flush_resets() {
  if (draining || wire == nullptr || to_reset.empty()) return;
  const std::vector<StreamId> streams = std::exchange(to_reset, {});
  wire->reset(streams);
}

/// Closes a stream that has no channel.
void Channels::Impl::refuse(StreamId stream, bool incoming_reset) {
  if (wire == nullptr || stream.get() >= max_channels) return;
  held.take(stream);
  const auto [ending, fresh] = endings.try_emplace(stream);
  if (!fresh) return;
  ending->second.closure.incoming_reset = incoming_reset;
  request_reset(stream, ending->second.closure);
  flush_resets();
}

void Channels::Impl::fail(Channel& channel, Error error) {
  if (wire == nullptr || (channel.unborn() && channel.closure.outgoing == Closure::Outgoing::Open))
    return end(channel, error);
  const StreamId stream = *channel.init.id;
  Ending& ending = endings[stream];  // before the channel goes: its id is not free yet
  ending.closure = channel.closure;
  if (!channel.outbox.empty() && channel.outbox.front().begun()) ending.tail = std::move(channel.outbox.front());
  if (ending.tail) {
    ending.closure.outgoing = Closure::Outgoing::Draining;
    ready.push_back(stream);
  } else if (ending.closure.outgoing < Closure::Outgoing::Requested) {
    request_reset(stream, ending.closure);
  }
  end(channel, error);
  drain();
}

void Channels::Impl::end(Channel& channel, const std::optional<Error>& error) {
  const ChannelKey key = channel.key;
  remove(channel);
  observer.on_channel_closed(key, error);
}

void Channels::Impl::incoming_reset(StreamId stream) {
  if (const auto ending = endings.find(stream); ending != endings.end()) {
    ending->second.closure.incoming_reset = true;
    return advance(stream);
  }
  Channel* channel = find(stream);
  if (channel == nullptr) return refuse(stream, true);  // so that the peer can use the stream again
  if (channel->closure.incoming_reset) return;
  channel->closure.incoming_reset = true;
  if (channel->handshake == Channel::Handshake::AwaitingAck && channel->state == ChannelState::Open)
    return fail(*channel, channel_failure("the peer refused the channel"));  // RFC 8832 section 6
  if (channel->state != ChannelState::Closing) {
    channel->state = ChannelState::Closing;
    const ChannelKey key = channel->key;
    observer.on_channel_closing(key);
    channel = find(key);
    if (channel != nullptr) begin_reset(*channel);
  }
  advance(stream);
}

void Channels::Impl::outgoing_reset_done(StreamId stream) {
  Closure* closure = nullptr;
  if (Channel* channel = find(stream)) closure = &channel->closure;
  if (const auto ending = endings.find(stream); ending != endings.end()) closure = &ending->second.closure;
  if (closure == nullptr || closure->outgoing != Closure::Outgoing::Requested) return;
  closure->outgoing = Closure::Outgoing::Done;
  advance(stream);
}

/// Both directions reset: the id is free, and what arrived for its next life can be looked at.
void Channels::Impl::advance(StreamId stream) {
  if (Channel* channel = find(stream)) {
    if (!channel->closure.complete()) return;
    end(*channel, std::nullopt);
  } else if (const auto ending = endings.find(stream); ending != endings.end()) {
    if (!ending->second.closure.complete()) return;
    endings.erase(ending);
  } else {
    return;
  }
  replay(stream);
}

}  // namespace parley::dcep
