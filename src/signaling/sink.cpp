#include <string>

#include "signaling/core.hpp"

namespace parley {
namespace {

/// What an event costs beside its text: a flood of empty ones is bounded as well.
constexpr std::size_t kEventBytes = 256;

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

}  // namespace

void SignalingChannel::Sink::opened() const {
  State expected = State::Connecting;
  if (!core_->state.compare_exchange_strong(expected, State::Open)) return;
  core_->loop->post([core = core_] {
    core->open_waits = true;
    core->deliver();
  });
}

void SignalingChannel::Sink::received(std::string_view text) const {
  if (text.size() > kMaxMessageBytes || nested_too_deeply(text)) return failed("a message is too large");
  auto message = nlohmann::json::parse(text, nullptr, false);
  if (message.is_discarded()) return failed("a message is not JSON");
  deliver(std::move(message), text.size());
}

void SignalingChannel::Sink::received(nlohmann::json message) const { deliver(std::move(message), 0); }

void SignalingChannel::Sink::deliver(nlohmann::json message, std::size_t bytes) const {
  bytes += kEventBytes;
  if (core_->state == State::Closed || !admit(bytes)) return;
  core_->loop->post([core = core_, message = std::move(message), bytes]() mutable {
    core->messages.push_back({std::move(message), bytes});
    core->deliver();
  });
}

void SignalingChannel::Sink::failed(std::string message) const {
  const std::size_t bytes = kEventBytes + message.size();
  if (core_->state == State::Closed || !admit(bytes)) return;
  core_->loop->post([core = core_, message = std::move(message), bytes]() mutable {
    core->waiting_bytes -= bytes;
    core->errors.push_back({std::move(message)});
    core->deliver();
  });
}

void SignalingChannel::Sink::closed(ClosedBy by) const {
  const bool first = core_->state.exchange(State::Closed) != State::Closed;
  if (!first && by == ClosedBy::Peer) return;
  core_->loop->post([core = core_, by, first] {
    if (by == ClosedBy::Us) core->messages.clear();
    core->close_waits |= first;
    core->deliver();
  });
}

bool SignalingChannel::Sink::admit(std::size_t bytes) const {
  if (core_->waiting_bytes.fetch_add(bytes) + bytes <= kMaxWaitingBytes) {
    core_->overflowing = false;
    return true;
  }
  core_->waiting_bytes -= bytes;
  if (core_->overflowing.exchange(true)) return false;
  core_->loop->post([core = core_] {
    core->errors.push_back({"more messages arrive than are handled: some were dropped"});
    core->deliver();
  });
  return false;
}

}  // namespace parley
