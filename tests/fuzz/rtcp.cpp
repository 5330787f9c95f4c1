// RTCP datagrams as peers may send them: whatever can be read can be written, and reads the same.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "rtp/congestion_feedback.hpp"
#include "rtp/extended_report.hpp"
#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "rtp/transport_feedback.hpp"

namespace {

using namespace parley;
using namespace parley::rtp;

void check(bool condition) {
  if (!condition) std::abort();
}

RtcpPacket only(const Bytes& datagram) {
  RtcpReader reader(datagram);
  const auto packet = reader.next();
  check(packet && datagram.size() % 4 == 0 && !reader.next());
  return *packet;
}

template <class Parse>
void round_trip(const RtcpPacket& packet, Parse parse) {
  const auto value = parse(packet);
  if (!value) return;
  Bytes out;
  write(*value, out);
  check(parse(only(out)) == value);
}

void names(const RtcpPacket& packet) {
  for (const CanonicalName& name : parse_source_description(packet)) {
    Bytes out;
    write_source_description({name.source}, name.name, out);
    check(parse_source_description(only(out)) == std::vector{name});
  }
}

void goodbye(const RtcpPacket& packet) {
  const auto sources = parse_goodbye(packet);
  Bytes out;
  write_goodbye(sources, out);
  check(parse_goodbye(only(out)) == sources);
}

/// Numbers may come in any order and twice: then they are asked for in another order, but all of them.
void nack(const RtcpPacket& packet) {
  const auto read = parse_nack(packet);
  if (!read) return;
  Bytes out;
  write(*read, out);
  check(out.size() <= 1200);
  const auto again = parse_nack(only(out));
  const std::set<std::uint16_t> wanted(read->numbers.begin(), read->numbers.end());
  const std::set<std::uint16_t> asked(again->numbers.begin(), again->numbers.end());
  check(std::ranges::includes(wanted, asked));
  if (out.size() < 1000) check(wanted == asked);
}

void transport_feedback(const RtcpPacket& packet) {
  auto feedback = parse_transport_feedback(packet);
  if (!feedback) return;
  check(!feedback->packets.empty() && feedback->packets.size() <= 8192);
  while (!feedback->packets.empty()) {
    Bytes out;
    const std::size_t told = write(*feedback, out);
    check(told > 0 && told <= feedback->packets.size() && out.size() <= 1200);
    const auto rest = feedback->packets.begin() + static_cast<std::ptrdiff_t>(told);
    if (out.empty()) {
      check(std::none_of(feedback->packets.begin(), rest, [](const auto& one) { return one.arrival.has_value(); }));
    } else {
      const auto again = parse_transport_feedback(only(out));
      check(again && again->packets.size() == told && again->count == feedback->count);
      for (std::size_t i = 0; i < told; ++i) {
        const auto &one = feedback->packets[i], &other = again->packets[i];
        check(one.number == other.number && one.arrival.has_value() == other.arrival.has_value());
        // The reference goes round after 2^24 times 64 ms.
        if (one.arrival) check((*one.arrival - *other.arrival) % (64ms * (1 << 24)) == 0s);
      }
    }
    feedback->packets.erase(feedback->packets.begin(), rest);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RtcpReader reader(ByteView(data, size));
  std::size_t read = 0;
  while (const auto packet = reader.next()) {
    check(packet->body.size() <= size && (read += packet->body.size() + 4) <= size);
    // Each as everything, so that the fuzzer need not guess types.
    round_trip(*packet, parse_sender_report);
    round_trip(*packet, parse_receiver_report);
    names(*packet);
    goodbye(*packet);
    nack(*packet);
    round_trip(*packet, parse_picture_loss);
    round_trip(*packet, parse_full_intra_request);
    round_trip(*packet, parse_remote_limit);
    round_trip(*packet, parse_extended_report);
    round_trip(*packet, parse_congestion_feedback);
    transport_feedback(*packet);
  }
  return 0;
}
