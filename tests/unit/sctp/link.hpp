#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <random>

#include "base/time.hpp"
#include "parley/event_loop.hpp"
#include "sctp/association.hpp"

namespace parley::sctp::testing {

/// What a direction of the link does to packets.
struct Path {
  double loss = 0;
  double duplicate = 0;
  Duration delay{};
  Duration jitter{};  // up to so much more, so packets overtake one another
};

/// One end: an association with a handler that remembers, and a path to the other end. Everything happens on its loop.
class End : public Association::Handler {
 public:
  struct Message {
    unsigned stream;
    Ppid ppid;
    Bytes bytes;
  };

  End(EventLoop& loop, const Config& config, unsigned seed) : loop(loop), random(seed) {
    association = std::make_unique<Association>(loop, config, *this);
  }

  EventLoop& loop;
  std::unique_ptr<Association> association;
  End* peer = nullptr;
  Path path;
  std::function<bool(ByteView)> filter;  // false: the packet is lost
  std::function<void(const Message&)> on_message;
  std::function<void()> on_writable, on_closed;
  std::function<void(unsigned)> on_connected, on_incoming_reset;
  bool keep_bytes = true;

  unsigned streams = 0;
  std::vector<Message> messages;
  std::vector<unsigned> incoming_resets, outgoing_resets, too_long;
  std::optional<std::optional<Error>> closed;
  int writable = 0;
  std::size_t bytes_received = 0, packets = 0, largest_packet = 0, probes = 0;

  void on_sctp_packet(ByteView packet) override;
  void on_sctp_probe(ByteView packet) override {
    ++probes;
    on_sctp_packet(packet);
  }
  void on_sctp_connected(unsigned usable) override {
    streams = usable;
    if (on_connected) on_connected(usable);
  }
  void on_sctp_message(StreamId stream, Ppid ppid, ByteView message) override {
    bytes_received += message.size();
    Message one{stream.get(), ppid, {}};
    if (keep_bytes) one.bytes.assign(message.begin(), message.end());
    if (keep_bytes) messages.push_back(one);
    if (on_message) on_message(one);
  }
  void on_sctp_message_too_long(StreamId stream) override { too_long.push_back(stream.get()); }
  void on_sctp_incoming_reset(StreamId stream) override {
    incoming_resets.push_back(stream.get());
    if (on_incoming_reset) on_incoming_reset(stream.get());
  }
  void on_sctp_outgoing_reset(StreamId stream) override { outgoing_resets.push_back(stream.get()); }
  void on_sctp_writable() override {
    ++writable;
    if (on_writable) on_writable();
  }
  void on_sctp_closed(const std::optional<Error>& error) override {
    closed = error;
    if (on_closed) on_closed();
  }

 private:
  std::mt19937 random;
  std::shared_ptr<End*> alive = std::make_shared<End*>(this);  // packets on their way look here
  void carry(Bytes packet);
  [[nodiscard]] bool chance(double probability) {
    return probability > 0 && std::uniform_real_distribution<>(0, 1)(random) < probability;
  }
};

/// Sends messages as room comes: one after the other, or piece by piece in turns where the association lets them.
class Sender {
 public:
  explicit Sender(End& end) : end_(end) {
    end.on_writable = [this] { pump(); };
  }
  bool turns = false;
  bool failed = false;
  void push(const MessageInfo& info, Bytes bytes) {
    queue_.push_back({info, std::move(bytes), 0});
    pump();
  }
  /// Without sending yet.
  void add(const MessageInfo& info, Bytes bytes) { queue_.push_back({info, std::move(bytes), 0}); }
  void pump();
  /// Bytes not yet taken.
  [[nodiscard]] std::size_t left() const;

 private:
  struct One {
    MessageInfo info;
    Bytes bytes;
    std::size_t taken;
  };
  End& end_;
  std::deque<One> queue_;
};

/// Two ends on one loop (or two), and waiting from the test's thread.
class TwoEnds : public ::testing::Test {
 protected:
  std::shared_ptr<EventLoop> loop_a = EventLoop::create(), loop_b = loop_a;
  Config config;
  std::unique_ptr<End> a, b;
  std::unique_ptr<Sender> sender_a;

  void make() {
    loop_a->run([&] { a = std::make_unique<End>(*loop_a, config, 1); });
    loop_b->run([&] { b = std::make_unique<End>(*loop_b, config, 2); });
    a->peer = b.get();
    b->peer = a.get();
    sender_a = std::make_unique<Sender>(*a);
  }
  void start() {
    loop_a->run([&] { a->association->connect(); });
    loop_b->run([&] { b->association->connect(); });
  }
  void connect() {
    make();
    start();
    wait([&] { return a->streams > 0 && b->streams > 0; });
  }
  void TearDown() override {
    // First the associations, while the ABORTs can still be carried, then what they were carried to.
    if (b) loop_b->run([&] { b->association.reset(); });
    if (a) loop_a->run([&] { a->association.reset(); });
    loop_a->run([&] { a.reset(); });
    loop_b->run([&] { b.reset(); });
  }
  /// Until `condition`, which runs on loop_a (so with two loops it may look at a's side only).
  void wait(const std::function<bool()>& condition, Duration limit = 20s);
};

inline MessageInfo to(unsigned stream, dcep::Reliability reliability = {}) {
  return {.stream = StreamId(static_cast<std::uint16_t>(stream)), .ppid = Ppid::Binary, .reliability = reliability};
}

/// Bytes that tell where they belong.
inline Bytes pattern(std::size_t size, unsigned seed = 0) {
  Bytes out(size);
  std::uint32_t state = seed * 2654435761u + 12345;
  for (std::uint8_t& byte : out) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return out;
}

}  // namespace parley::sctp::testing
