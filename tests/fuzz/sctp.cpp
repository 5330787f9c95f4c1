// Packets of an authenticated but hostile peer into a connected association.
//
// Input: one byte of options, then packets without their common header, each after its length in two bytes. Sequence
// numbers in it are relative to those that the association expects, or the fuzzer would never find them.
#include <array>
#include <cstdlib>
#include <deque>

#include "sctp/association.hpp"

namespace {

using namespace parley;
using namespace parley::sctp;

void check(bool condition) {
  if (!condition) std::abort();
}

std::uint32_t get(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         bytes[at + 3];
}
void add(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t offset) {
  if (at + 4 > bytes.size()) return;
  const std::uint32_t value = get(bytes, at) + offset;
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

class End final : public Handler {
 public:
  std::deque<Bytes> packets;
  unsigned streams = 0;
  bool closed = false;
  std::uint32_t tag = 0, tsn = 0;  // the peer's tag and our last sequence number
  std::size_t received = 0;
  std::size_t limit = 0;

  void on_sctp_packet(ByteView packet) override {
    check(packet.size() >= 16);
    tag = get(packet, 4);
    if ((packet[12] == 0x00 || packet[12] == 0x40) && packet.size() >= 20) tsn = get(packet, 16);
    if (packets.size() < 1000) packets.emplace_back(packet.begin(), packet.end());
  }
  void on_sctp_probe(ByteView packet) override { on_sctp_packet(packet); }
  void on_sctp_connected(unsigned usable) override { streams = usable; }
  void on_sctp_message(StreamId, Ppid, ByteView message) override {
    check(!closed && message.size() <= limit);
    ++received;
  }
  void on_sctp_message_too_long(StreamId) override { check(!closed); }
  void on_sctp_incoming_reset(StreamId) override { check(!closed); }
  void on_sctp_outgoing_reset(StreamId) override { check(!closed); }
  void on_sctp_writable() override { check(!closed); }
  void on_sctp_closed(const std::optional<Error>&) override { check(!std::exchange(closed, true)); }
};

/// Makes the relative numbers of a chunk absolute: `peer` is what the peer sent last, `own` what we sent.
void anchor(std::span<std::uint8_t> chunk, std::uint32_t peer, std::uint32_t own) {
  if (chunk.empty()) return;
  switch (chunk[0]) {
    case 0x00:
    case 0x40:
    case 0xC0:
    case 0xC2:
      add(chunk, 4, peer);
      break;
    case 0x03:
    case 0x07:
      add(chunk, 4, own);
      break;
    case 0x82:  // RE-CONFIG requests are numbered like the first chunk
      add(chunk, 8, peer);
      add(chunk, 12, own);
      add(chunk, 16, peer);
      break;
    default:
      break;
  }
}

void anchor_all(std::span<std::uint8_t> chunks, std::uint32_t peer, std::uint32_t own) {
  while (chunks.size() >= 4) {
    const std::size_t length = std::size_t{chunks[2]} << 8 | chunks[3];
    if (length < 4 || length > chunks.size()) return;
    anchor(chunks.first(length), peer, own);
    chunks = chunks.subspan(std::min((length + 3) & ~std::size_t{3}, chunks.size()));
  }
}

void attack(EventLoop& loop, ByteReader input) {
  const std::uint8_t options = input.number<std::uint8_t>().value_or(0);
  Config config;
  config.interleaving = (options & 1) != 0;
  config.streams = config.max_incoming_streams = 16;
  config.max_message_size = 5000;
  config.max_incomplete = 20000;
  config.send_buffer = config.receive_buffer = 64 << 10;
  End victim, peer;
  victim.limit = peer.limit = config.max_message_size;
  Association attacked(loop, config, victim), attacker(loop, config, peer);
  const auto carry = [&] {
    while (!victim.packets.empty() || !peer.packets.empty()) {
      for (const Bytes& packet : std::exchange(peer.packets, {})) attacked.receive(packet);
      for (const Bytes& packet : std::exchange(victim.packets, {})) attacker.receive(packet);
    }
  };
  attacked.connect();
  attacker.connect();
  carry();
  check(victim.streams == 16 && peer.streams == 16);
  // One message each way, and the numbers are known.
  const std::array<std::uint8_t, 100> hello{};
  for (Association* one : {&attacked, &attacker}) {
    ByteView rest = hello;
    check(one->send({.stream = StreamId(1), .ppid = Ppid::Binary}, rest) == SendResult::Sent);
  }
  carry();
  // Something to acknowledge, to give up and to retransmit.
  for (std::uint16_t i = 0; i < 4; ++i) {
    ByteView rest = hello;
    attacked.send(
        {.stream = StreamId(i), .ppid = Ppid::Binary, .reliability = {.ordered = i % 2 == 0, .max_retransmits = i}},
        rest);
  }
  const std::uint32_t tag = peer.tag, peer_tsn = peer.tsn, own_tsn = victim.tsn;
  while (const auto length = input.number<std::uint16_t>()) {
    const auto chunks = input.take(std::min<std::size_t>(*length, input.remaining()));
    Bytes packet;
    ByteWriter(packet)
        .number(std::uint16_t{5000})
        .number(std::uint16_t{5000})
        .number(tag)
        .number(std::uint32_t{0})
        .bytes(*chunks);
    anchor_all(std::span(packet).subspan(12), peer_tsn, own_tsn);
    attacked.receive(packet);
    if ((options & 2) != 0) {
      const StreamId stream(3);
      attacked.reset({&stream, 1});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<EventLoop> loop = EventLoop::create();
  loop->run([&] { attack(*loop, ByteReader({data, size})); });
  return 0;
}
