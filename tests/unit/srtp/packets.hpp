#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "srtp/session.hpp"

namespace parley::srtp::test {

/// Digits with blanks between them.
inline Bytes from_hex(std::string_view text) {
  Bytes out;
  unsigned digits = 0, value = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (++digits % 2 == 0) out.push_back(static_cast<std::uint8_t>(std::exchange(value, 0)));
  }
  return out;
}

inline Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 0x11223344, std::size_t payload = 100) {
  Bytes packet;
  ByteWriter(packet).number<std::uint16_t>(0x8060).number(sequence).number<std::uint32_t>(1000).number(ssrc);
  for (std::size_t i = 0; i < payload; ++i) packet.push_back(static_cast<std::uint8_t>(sequence + i));
  return packet;
}
/// A sender report with one report block.
inline Bytes rtcp_packet(std::uint32_t ssrc = 0x11223344) {
  Bytes packet;
  ByteWriter(packet).number<std::uint32_t>(0x81c8000c).number(ssrc);
  for (std::uint8_t i = 0; i < 44; ++i) packet.push_back(i);
  return packet;
}

inline MasterKey counting_key(Profile profile, std::uint8_t first) {
  Bytes bytes(sizes(profile).key + sizes(profile).salt);
  for (std::uint8_t& byte : bytes) byte = first++;
  return MasterKey(std::move(bytes));
}

inline constexpr Profile kProfiles[] = {Profile::Aes128CmSha1_80, Profile::Aes128CmSha1_32, Profile::AeadAes128Gcm,
                                        Profile::AeadAes256Gcm};
inline std::string profile_name(const testing::TestParamInfo<Profile>& info) {
  return "Profile" + std::to_string(static_cast<int>(info.param));
}

/// Two sessions with each other's keys, and calls that copy.
struct Pair {
  explicit Pair(Profile profile)
      : alice(Session::create(profile, counting_key(profile, 1), counting_key(profile, 101)).value()),
        bob(Session::create(profile, counting_key(profile, 101), counting_key(profile, 1)).value()) {}
  Session alice, bob;
};

using Seal = Outcome (Session::*)(std::span<std::uint8_t>, std::size_t);
using Open = Outcome (Session::*)(std::span<std::uint8_t>);

/// Empty if refused.
inline Bytes sealed(Session& session, Seal seal, Bytes packet) {
  const std::size_t length = packet.size();
  packet.resize(length + Session::kMaxTrailer);
  const Outcome outcome = (session.*seal)(packet, length);
  if (!outcome) return {};
  packet.resize(outcome->size());
  return packet;
}
inline Bytes sealed_rtp(Session& session, const Bytes& packet) {
  return sealed(session, &Session::protect_rtp, packet);
}
inline Bytes sealed_rtcp(Session& session, const Bytes& packet) {
  return sealed(session, &Session::protect_rtcp, packet);
}

/// The packet, or why there is none.
using Opened = std::variant<Bytes, Refusal>;
inline Opened opened(Session& session, Open open, Bytes packet) {
  const Outcome outcome = (session.*open)(packet);
  if (!outcome) return outcome.error();
  packet.resize(outcome->size());
  return packet;
}
inline Opened opened_rtp(Session& session, const Bytes& packet) {
  return opened(session, &Session::unprotect_rtp, packet);
}
inline Opened opened_rtcp(Session& session, const Bytes& packet) {
  return opened(session, &Session::unprotect_rtcp, packet);
}

}  // namespace parley::srtp::test
