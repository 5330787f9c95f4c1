#include "parley/signaling_channel.hpp"

#include "signaling/core.hpp"

namespace parley {

SignalingChannel::SignalingChannel(std::shared_ptr<EventLoop> loop)
    : core_(std::make_shared<Core>(loop ? std::move(loop) : EventLoop::current_or_shared(), lists())) {
  const auto deliver = [weak = std::weak_ptr(core_)] {
    const auto core = weak.lock();
    if (core) core->loop->post([core] { core->deliver(); });
  };
  lists()->get<"open">()->on_added(deliver);
  lists()->get<"error">()->on_added(deliver);
  lists()->get<"message">()->on_added(deliver);
  lists()->get<"close">()->on_added(deliver);
}

SignalingChannel::~SignalingChannel() {
  // No handler runs once the channel is gone.
  core_->loop->run([this] { core_->lists->close(); });
}

SignalingChannel::State SignalingChannel::state() const { return core_->state; }
const std::shared_ptr<EventLoop>& SignalingChannel::loop() const { return core_->loop; }
SignalingChannel::Sink SignalingChannel::sink() const { return Sink(core_); }

void SignalingChannel::opened() { sink().opened(); }
void SignalingChannel::received(std::string_view text) { sink().received(text); }
void SignalingChannel::received(nlohmann::json message) { sink().received(std::move(message)); }
void SignalingChannel::failed(std::string message) { sink().failed(std::move(message)); }
void SignalingChannel::closed(ClosedBy by) { sink().closed(by); }

void SignalingChannel::Core::deliver() {
  if (open_waits && !lists->get<"open">()->empty()) {
    open_waits = false;
    lists->get<"open">()->fire({"open"});
  }
  deliver_errors();
  deliver_messages();
  if (close_waits && messages.empty()) deliver_close();
}

void SignalingChannel::Core::deliver_errors() {
  while (!errors.empty() && !lists->get<"error">()->empty()) {
    SignalingErrorEvent next = std::move(errors.front());
    errors.pop_front();
    lists->get<"error">()->fire(std::move(next));
  }
  if (errors.size() > kMaxErrors) errors.pop_front();
}

void SignalingChannel::Core::deliver_messages() {
  while (!messages.empty() && !lists->get<"message">()->empty()) {
    Waiting next = std::move(messages.front());
    messages.pop_front();
    waiting_bytes -= next.bytes;
    lists->get<"message">()->fire(std::move(next.message));
  }
}

void SignalingChannel::Core::deliver_close() {
  if (nobody_listens()) return;
  // Nothing else happens any more. What a handler captures, perhaps its own channel, is let go of, even when nobody has
  // asked for the end yet.
  lists->get<"open">()->close();
  lists->get<"error">()->close();
  lists->get<"message">()->close();
  if (lists->get<"close">()->empty()) return;
  close_waits = false;
  lists->get<"close">()->fire({"close"});
  lists->close();
}

bool SignalingChannel::Core::nobody_listens() const {
  return lists->get<"open">()->empty() && lists->get<"error">()->empty() && lists->get<"message">()->empty() &&
         lists->get<"close">()->empty();
}

}  // namespace parley
