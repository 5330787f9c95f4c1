#include "sctp/round_trip_margin.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sctp/chunks.hpp"

namespace parley::sctp {
namespace {

/// The stack's Heartbeat Info begins with when it was sent, as two numbers of this machine: seconds, microseconds.
constexpr std::size_t kSentAt = kCommonHeader + 4 + 4;

void move_back(Bytes& heartbeat, Duration by) {
  std::uint32_t parts[2];
  std::memcpy(parts, heartbeat.data() + kSentAt, sizeof parts);
  constexpr std::int64_t kSecond = 1'000'000;
  const std::int64_t at =
      parts[0] * kSecond + parts[1] - std::chrono::duration_cast<std::chrono::microseconds>(by).count();
  parts[0] = static_cast<std::uint32_t>(at / kSecond);
  parts[1] = static_cast<std::uint32_t>(at % kSecond);
  std::memcpy(heartbeat.data() + kSentAt, parts, sizeof parts);
}

}  // namespace

void RoundTripMargin::ask(Duration round_trip, TimePoint now) {
  round_trip_ = round_trip;
  next_ = now + std::max(round_trip, kLeastPause);
  packets_ = 0;
  heartbeat_.clear();
  asking_ = true;
}

bool RoundTripMargin::keeps(ByteView packet) {
  if (!asking_ || packet.size() < kSentAt + 8) return false;
  std::size_t chunks = 0, heartbeats = 0;
  each_chunk(packet, [&](ChunkType type, ByteView) {
    ++chunks;
    heartbeats += type == ChunkType::Heartbeat;
    return true;
  });
  if (heartbeats != 1 || chunks != 1) return false;
  heartbeat_.assign(packet.begin(), packet.end());
  return true;
}

std::optional<Bytes> RoundTripMargin::answer(ByteView header) {
  asking_ = false;
  if (heartbeat_.empty() || header.size() < kCommonHeader) return std::nullopt;
  Bytes answer = std::exchange(heartbeat_, {});
  std::copy_n(header.begin(), kCommonHeader, answer.begin());
  answer[kCommonHeader] = static_cast<std::uint8_t>(ChunkType::HeartbeatAck);
  move_back(answer, round_trip_ + kMargin);
  return answer;
}

}  // namespace parley::sctp
