#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"
#include "parley/event_loop.hpp"

namespace parley {
class Reactor;
}

namespace parley::sctp {

/// What the library's callbacks are about. Both functions run on the owner's thread.
class Endpoint {
 public:
  /// From inside a call into the library.
  virtual void output(ByteView packet) = 0;
  /// Never from inside a call into the library: look whether the association has ended.
  virtual void look() = 0;

 protected:
  ~Endpoint() = default;
};

/// How callbacks reach an endpoint from whatever thread they happen on: one loop's thread runs the timers of all.
class Mailbox {
 public:
  Mailbox(EventLoop& loop, Endpoint& endpoint);
  /// Owner's thread: nothing reaches the endpoint any more.
  void close() { endpoint_ = nullptr; }

  // Any thread, from inside a call into the library.
  static void output(const std::shared_ptr<Mailbox>& box, ByteView packet);
  static void look(const std::shared_ptr<Mailbox>& box);

 private:
  void post(const std::shared_ptr<Mailbox>& self);
  void empty();

  EventLoop* loop_;  // compared only: it may be gone
  std::shared_ptr<Reactor> reactor_;
  Endpoint* endpoint_;  // owner's thread

  std::mutex mutex_;  // guards what follows; never held while calling anything
  std::vector<Bytes> packets_;
  bool look_ = false;
  bool posted_ = false;
};

}  // namespace parley::sctp
