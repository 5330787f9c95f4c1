// Data channel establishment messages, and the table of channels driven by whatever peer and program may do.
#include <cstdlib>
#include <map>
#include <set>

#include "dcep/channels.hpp"
#include "dcep/message.hpp"
#include "dcep/utf8.hpp"

namespace {

using namespace parley;
using namespace parley::dcep;

void check(bool condition) {
  if (!condition) std::abort();
}

void round_trip(ByteView bytes) {
  const auto message = parse(bytes);
  if (!message) return;
  if (const auto* open = std::get_if<OpenMessage>(&*message)) {
    check(is_utf8(as_bytes(open->label)) && is_utf8(as_bytes(open->protocol)));
    if (open->label.size() > 65535 || open->protocol.size() > 65535) return;  // repairs make text longer
    check(std::get<OpenMessage>(parse(write(*open)).value()) == *open);
  }
}

/// Takes what its input tells it to, and insists on the contract of Wire.
class InputWire final : public Wire {
 public:
  explicit InputWire(ByteReader& input) : input_(input) {}
  SendResult send(const MessageInfo& info, ByteView& rest) override {
    check(!rest.empty() && !reset_.contains(info.stream));
    const std::uint8_t choice = input_.number<std::uint8_t>().value_or(0);
    if (choice % 16 == 15 && !open_.contains(info.stream)) return SendResult::Failed;
    if (choice % 16 == 14 && !open_.contains(info.stream)) return SendResult::Busy;
    if (choice % 16 == 13) return SendResult::WouldBlock;
    if (choice % 16 >= 10 && rest.size() > 1) {
      rest = rest.subspan(1);
      open_.insert(info.stream);
      return choice % 2 == 0 ? SendResult::Partial : SendResult::WouldBlock;
    }
    rest = {};
    open_.erase(info.stream);
    return SendResult::Sent;
  }
  void reset(std::span<const StreamId> streams) override {
    for (const StreamId stream : streams) check(!open_.contains(stream) && reset_.insert(stream).second);
  }
  /// The peer confirms.
  bool confirm(StreamId stream) { return reset_.erase(stream) > 0; }
  void forget() {
    open_.clear();
    reset_.clear();
  }

 private:
  ByteReader& input_;
  std::set<StreamId> open_, reset_;
};

/// Every channel's life in the right order.
class OrderlyObserver final : public Observer {
 public:
  void created(ChannelKey key) { check(channels_.emplace(key, false).second); }
  void on_channel_announced(ChannelKey key, const ChannelInit& init) override {
    check(init.id.has_value());
    created(key);
  }
  void on_channel_id(ChannelKey key, StreamId) override { check(channels_.contains(key)); }
  void on_channel_open(ChannelKey key) override {
    check(channels_.contains(key) && !std::exchange(channels_[key], true));
  }
  void on_channel_message(ChannelKey key, bool text, ByteView message) override {
    check(channels_.contains(key) && channels_[key]);
    if (text) check(is_utf8(message));
  }
  void on_channel_taken(ChannelKey key, const Taken& taken) override {
    check(channels_.contains(key) && (taken.bytes > 0 || taken.messages > 0));
  }
  void on_channel_closing(ChannelKey key) override { check(channels_.contains(key)); }
  void on_channel_closed(ChannelKey key, const std::optional<Error>&) override { check(channels_.erase(key) == 1); }

 private:
  std::map<ChannelKey, bool> channels_;  // open?
};

void drive(ByteView bytes) {
  ByteReader input(bytes);
  InputWire wire(input);
  OrderlyObserver observer;
  Channels channels(observer, {.remote_channels = 4,
                               .remote_names = 64,
                               .held_messages = 4,
                               .held_bytes = 64,
                               .buffered_amount = 100,
                               .receive_message_size = 64});
  std::uint64_t last_key = 0;
  bool connected = false;
  while (const auto command = input.number<std::uint8_t>()) {
    const std::uint8_t operand = input.number<std::uint8_t>().value_or(0);
    const StreamId stream(static_cast<std::uint16_t>(operand % 12));
    const ChannelKey key(operand % 16);
    const auto content = [&] {
      return input.take(std::min<std::size_t>(operand / 4, input.remaining())).value_or(ByteView());
    };
    switch (*command % 14) {
      case 0:
        channels.set_role(operand % 2 == 0 ? DtlsRole::Client : DtlsRole::Server);
        break;
      case 1:
        if (!std::exchange(connected, true))
          channels.transport_connected({.wire = wire, .max_channels = 10u, .max_message_size = operand});
        break;
      case 2:
        channels.transport_closed(operand % 2 == 0 ? std::nullopt : std::optional(Error{}));
        wire.forget();
        connected = false;
        break;
      case 3: {
        const auto made =
            channels.create({.label = "l", .ordered = operand % 2 == 0, .negotiated = operand > 128, .id = stream});
        if (made) observer.created(*made);
        if (made) check(made->get() > last_key);
        if (made) last_key = made->get();
        break;
      }
      case 4:
        channels.open(key);
        break;
      case 5:
        (void)channels.send(key, operand % 2 == 0, content());
        break;
      case 6:
        channels.close(key);
        break;
      case 7:
        channels.fail(key, Error{});
        break;
      case 8:
        channels.receive(stream, Ppid::Dcep, content());
        break;
      case 9:
        channels.receive(stream, static_cast<Ppid>(50 + operand % 8), content());
        break;
      case 10:
        channels.incoming_reset(stream);
        break;
      case 11:
        if (wire.confirm(stream)) channels.outgoing_reset_done(stream);
        break;
      case 12:
        channels.writable();
        break;
      case 13:
        channels.message_too_long(stream);
        break;
      default:
        break;
    }
  }
  channels.transport_closed(std::nullopt);
  check(channels.size() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  round_trip({data, size});
  drive({data, size});
  return 0;
}
