#include "channels/lines.hpp"
#include "parley/errors.hpp"
#include "parley/stdio_signaling.hpp"

namespace parley {

StdioSignalingChannel::StdioSignalingChannel(std::shared_ptr<EventLoop> loop)
    : StdioSignalingChannel(Descriptors{}, std::move(loop)) {}

StdioSignalingChannel::StdioSignalingChannel(Descriptors descriptors, std::shared_ptr<EventLoop> loop)
    : SignalingChannel(std::move(loop)), lines_(std::make_shared<channels::Lines>(descriptors, sink())) {
  EventLoop* on = this->loop().get();
  on->post([lines = lines_, on] { channels::Lines::start(lines, on->reactor()); });
}

StdioSignalingChannel::~StdioSignalingChannel() {
  loop()->run([this] { lines_->abandon(); });
}

void StdioSignalingChannel::send(const nlohmann::json& message) {
  if (state() == State::Closed) throw InvalidStateError("the signaling channel is closed");
  std::string line = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  const std::size_t bytes = line.size();
  if (lines_->queued_bytes.fetch_add(bytes) + bytes > kMaxQueuedBytes) {
    lines_->queued_bytes -= bytes;
    throw OperationError("more is sent than the other end of the signaling channel reads");
  }
  if (EventLoop::current() == loop().get()) return lines_->write(std::move(line));
  loop()->post([lines = lines_, line = std::move(line)]() mutable { lines->write(std::move(line)); });
}

void StdioSignalingChannel::close() {
  closed(ClosedBy::Us);
  loop()->post([lines = lines_] { lines->finish(); });
}

}  // namespace parley
