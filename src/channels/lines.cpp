#include "channels/lines.hpp"

#include <poll.h>

#include "channels/descriptor.hpp"

namespace parley::channels {

namespace {

constexpr std::size_t kReadBytes = 64 << 10;

/// A loop tells readiness once for each descriptor, so one socket for both directions becomes two.
StdioSignalingChannel::Descriptors separate(StdioSignalingChannel::Descriptors descriptors) {
  if (descriptors.in == descriptors.out) descriptors.out = duplicate(descriptors.out);
  return descriptors;
}

}  // namespace

Lines::Lines(StdioSignalingChannel::Descriptors descriptors, SignalingChannel::Sink sink)
    : descriptors_(separate(descriptors)), sink_(std::move(sink)), buffer_(kReadBytes) {}

Lines::~Lines() {
  close_in();
  close_out();
}

void Lines::start(const std::shared_ptr<Lines>& self, Reactor& reactor) {
  if (self->finishing_) return;
  self->sink_.opened();
  // Watched for nothing, a descriptor still tells that its other end is gone.
  if (can_wait(self->descriptors_.out))
    self->out_ = reactor.watch(self->descriptors_.out, 0, [self](short ready) {
      if ((ready & (POLLERR | POLLHUP | POLLNVAL)) != 0) return self->reader_gone();
      self->write_all();
    });
  self->write_all();
  if (can_wait(self->descriptors_.in)) {
    self->in_ = reactor.watch(self->descriptors_.in, POLLIN, [self](short) { self->read_all(); });
  } else {
    self->read_all();
  }
}

void Lines::read_all() {
  while (descriptors_.in >= 0) {
    const auto [how, bytes] = read_some(descriptors_.in, buffer_);
    if (how == Transfer::WouldBlock) return;
    if (how == Transfer::Ended) return input_ended();
    splitter_.feed(
        std::string_view(buffer_.data(), bytes), [&](std::string_view line) { sink_.received(line); },
        [&] { sink_.failed("a message is too large"); });
    if (in_) return;  // the loop's other work comes in between
  }
}

void Lines::input_ended() {
  splitter_.finish([&](std::string_view line) { sink_.received(line); });
  sink_.closed();
  finish();
}

void Lines::write(std::string line) {
  if (finishing_) return;
  queue_.push_back(std::move(line));
  if (descriptors_.out < 0) return reader_gone();
  write_all();
}

void Lines::write_all() {
  while (!queue_.empty() && descriptors_.out >= 0) {
    const auto [how, bytes] = write_some(descriptors_.out, std::string_view(queue_.front()).substr(written_));
    if (how == Transfer::Ended) return reader_gone();
    if (how == Transfer::WouldBlock) return out_.set_interest(POLLOUT);
    queued_bytes -= bytes;
    written_ += bytes;
    if (written_ < queue_.front().size()) continue;
    queue_.pop_front();
    written_ = 0;
  }
  out_.set_interest(0);
  if (finishing_) close_out();
}

void Lines::reader_gone() {
  if (!queue_.empty()) sink_.failed("the other end no longer reads");
  // It may still have something to say: the end of the input is the end.
  for (const std::string& line : std::exchange(queue_, {})) queued_bytes -= line.size();
  queued_bytes += std::exchange(written_, 0);
  close_out();
}

void Lines::finish() {
  finishing_ = true;
  close_in();
  write_all();
}

void Lines::abandon() {
  finish();
  close_out();
}

// A Watch may be all that keeps this object alive: it goes last.
void Lines::close_in() {
  const Watch watch = std::move(in_);
  if (descriptors_.in >= 0) close_descriptor(std::exchange(descriptors_.in, -1));
}

void Lines::close_out() {
  const Watch watch = std::move(out_);
  if (descriptors_.out >= 0) close_descriptor(std::exchange(descriptors_.out, -1));
}

}  // namespace parley::channels
