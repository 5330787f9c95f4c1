#include "parley/signaling_channel.hpp"

#include <atomic>

namespace parley {

/// Shared with queued tasks, which may outlive the channel.
struct SignalingChannel::Core {
  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<SignalingChannelEvents::Lists> lists;
  std::atomic<State> state = State::Connecting;
  std::deque<nlohmann::json> waiting;  // loop thread

  void deliver_waiting() {
    while (!waiting.empty() && !lists->get<"message">()->empty()) {
      nlohmann::json message = std::move(waiting.front());
      waiting.pop_front();
      lists->get<"message">()->fire(std::move(message));
    }
  }
};

namespace {

std::shared_ptr<EventLoop> loop_or_default(std::shared_ptr<EventLoop> loop) {
  if (loop) return loop;
  EventLoop* here = EventLoop::current();
  return here != nullptr ? here->shared_from_this() : EventLoop::shared();
}

/// nlohmann_json parses without recursion, but printing and comparing a value recurse.
bool nested_too_deeply(std::string_view text) {
  constexpr int kMaxDepth = 64;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

class PairedChannel final : public SignalingChannel {
 public:
  using SignalingChannel::SignalingChannel;
  void send(const nlohmann::json& message) override {
    if (state() == State::Closed) throw InvalidStateError("the signaling channel is closed");
    if (const auto other = other_.lock()) other->received(message);
  }
  void close() override {
    closed();
    if (const auto other = other_.lock()) other->closed();
  }
  static void join(const std::shared_ptr<PairedChannel>& a, const std::shared_ptr<PairedChannel>& b) {
    a->other_ = b;
    b->other_ = a;
    a->opened();
    b->opened();
  }

 private:
  std::weak_ptr<PairedChannel> other_;
};

}  // namespace

SignalingChannel::SignalingChannel(std::shared_ptr<EventLoop> loop) : core_(std::make_shared<Core>()) {
  core_->loop = loop_or_default(std::move(loop));
  core_->lists = lists();
  core_->lists->get<"message">()->on_added([weak = std::weak_ptr(core_)] {
    const auto core = weak.lock();
    if (!core) return;
    core->loop->post([core] { core->deliver_waiting(); });
  });
}

SignalingChannel::~SignalingChannel() {
  // No handler runs once the channel is gone.
  core_->loop->run([this] { core_->lists->close(); });
}

SignalingChannel::State SignalingChannel::state() const { return core_->state; }
const std::shared_ptr<EventLoop>& SignalingChannel::loop() const { return core_->loop; }

void SignalingChannel::opened() {
  State expected = State::Connecting;
  if (!core_->state.compare_exchange_strong(expected, State::Open)) return;
  core_->loop->post([core = core_] { core->lists->get<"open">()->fire({"open"}); });
}

void SignalingChannel::received(std::string_view text) {
  if (text.size() > kMaxMessageBytes || nested_too_deeply(text)) {
    failed("a message is too large");
    return;
  }
  auto message = nlohmann::json::parse(text, nullptr, false);
  if (message.is_discarded()) {
    failed("a message is not JSON");
  } else {
    received(std::move(message));
  }
}

void SignalingChannel::received(nlohmann::json message) {
  core_->loop->post([core = core_, message = std::move(message)]() mutable {
    core->waiting.push_back(std::move(message));
    core->deliver_waiting();
  });
}

void SignalingChannel::failed(std::string message) {
  core_->loop->post([core = core_, message = std::move(message)] {
    core->lists->get<"error">()->fire(SignalingErrorEvent{message});
  });
}

void SignalingChannel::closed() {
  if (core_->state.exchange(State::Closed) == State::Closed) return;
  core_->loop->post([core = core_] {
    core->lists->get<"close">()->fire({"close"});
    core->lists->close();
  });
}

std::pair<std::shared_ptr<SignalingChannel>, std::shared_ptr<SignalingChannel>> make_signaling_pair(
    const std::shared_ptr<EventLoop>& first_loop, const std::shared_ptr<EventLoop>& second_loop) {
  auto first = std::make_shared<PairedChannel>(first_loop);
  auto second = std::make_shared<PairedChannel>(second_loop);
  PairedChannel::join(first, second);
  return {first, second};
}

}  // namespace parley
