#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dcep/channels.hpp"
#include "dcep/message.hpp"

namespace parley::dcep::testing {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

inline Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }
inline StreamId stream(unsigned id) { return StreamId(static_cast<std::uint16_t>(id)); }

/// A wire that remembers, with as much room as it is told.
class FakeWire : public Wire {
 public:
  struct Message {
    StreamId stream;
    Ppid ppid;
    Reliability reliability;
    Bytes bytes;
  };
  std::size_t room = SIZE_MAX;     // bytes it takes before it says WouldBlock
  std::size_t piece = SIZE_MAX;    // bytes it takes at a time before it says Partial
  bool interleaving = true;        // else Busy while another stream's message is incomplete
  std::set<std::uint16_t> broken;  // streams on which it says Failed
  std::vector<Message> sent;       // whole messages
  std::vector<StreamId> resets;
  std::vector<StreamId> order;  // the stream of every piece taken

  SendResult send(const MessageInfo& info, ByteView& rest) override {
    EXPECT_FALSE(rest.empty());
    if (broken.contains(info.stream.get())) return SendResult::Failed;
    if (!interleaving && !open_.empty() && !open_.contains(info.stream)) return SendResult::Busy;
    const std::size_t n = std::min({rest.size(), room, piece});
    if (n == 0) return SendResult::WouldBlock;
    Bytes& begun = open_[info.stream];
    begun.insert(begun.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(n));
    rest = rest.subspan(n);
    if (room != SIZE_MAX) room -= n;
    order.push_back(info.stream);
    if (rest.empty()) {
      sent.push_back({info.stream, info.ppid, info.reliability, begun});
      open_.erase(info.stream);
      return SendResult::Sent;
    }
    return room == 0 ? SendResult::WouldBlock : SendResult::Partial;
  }
  void reset(std::span<const StreamId> streams) override {
    for (const StreamId one : streams) {
      EXPECT_FALSE(open_.contains(one)) << "a stream was reset in the middle of a message";
      resets.push_back(one);
    }
  }
  /// The last message, which goes from the list.
  Message pop() {
    EXPECT_FALSE(sent.empty());
    Message last = std::move(sent.back());
    sent.pop_back();
    return last;
  }

 private:
  std::map<StreamId, Bytes> open_;
};

/// An observer that writes down what it hears, e.g. "open 1", "text 1 hello".
class Journal : public Observer {
 public:
  std::vector<std::string> lines;
  std::function<void(const std::string&)> react;  // may call the channels
  std::map<std::uint64_t, ChannelInit> announced;
  std::size_t bytes_taken = 0, messages_taken = 0;

  void on_channel_announced(ChannelKey key, const ChannelInit& init) override {
    announced[key.get()] = init;
    write("announced", key, init.label);
  }
  void on_channel_id(ChannelKey key, StreamId id) override { write("id", key, std::to_string(id.get())); }
  void on_channel_open(ChannelKey key) override { write("open", key); }
  void on_channel_message(ChannelKey key, bool text, ByteView message) override {
    write(text ? "text" : "binary", key,
          message.size() > 40 ? std::to_string(message.size()) : std::string(as_text(message)));
  }
  void on_channel_taken(ChannelKey key, const Taken& taken) override {
    bytes_taken += taken.bytes;
    messages_taken += taken.messages;
    if (buffered && taken.bytes > 0) write("buffered", key, std::to_string(taken.left));
  }
  void on_channel_closing(ChannelKey key) override { write("closing", key); }
  void on_channel_closed(ChannelKey key, const std::optional<Error>& error) override {
    write("closed", key, error ? "error" : "");
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
  bool buffered = false;  // also write down buffered amounts

 private:
  void write(const char* what, ChannelKey key, const std::string& more = {}) {
    std::string line = std::string(what) + " " + std::to_string(key.get());
    if (!more.empty()) line += " " + more;
    lines.push_back(line);
    if (react) react(line);
  }
};

/// The channels of one side, connected to a wire that remembers.
struct OneSide : ::testing::Test {
  FakeWire wire;
  Journal journal;
  Limits limits{.receive_message_size = 1000};
  std::unique_ptr<Channels> channels;

  void connect(DtlsRole role = DtlsRole::Client, unsigned max_channels = 100, std::uint64_t max_message = 5000) {
    make();
    channels->set_role(role);
    channels->transport_connected({.wire = wire, .max_channels = max_channels, .max_message_size = max_message});
  }
  void make() {
    if (!channels) channels = std::make_unique<Channels>(journal, limits);
  }
  /// A channel of ours that the peer has acknowledged; the wire's memory of it is gone.
  ChannelKey open_channel(ChannelInit init = {.label = "c"}) {
    const bool negotiated = init.negotiated;
    const ChannelKey key = channels->create(std::move(init)).value();
    channels->open(key);
    if (!negotiated) {
      channels->receive(*channels->id(key), Ppid::Dcep, write(AckMessage{}));
      wire.pop();
    }
    journal.take();
    return key;
  }
  void peer_opens(unsigned id, OpenMessage message = {.label = "p"}) {
    channels->receive(stream(id), Ppid::Dcep, write(message));
  }
  void peer_says(unsigned id, std::string_view text) { channels->receive(stream(id), Ppid::String, as_bytes(text)); }
  void send_text(ChannelKey key, std::string_view text) {
    ASSERT_TRUE(channels->send(key, true, as_bytes(text)).has_value());
  }
};

}  // namespace parley::dcep::testing
