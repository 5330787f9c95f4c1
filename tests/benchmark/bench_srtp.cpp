// How long protecting and unprotecting a packet takes, for each profile and way to do it: bench_srtp [packets]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "srtp/session.hpp"
#include "srtp/transform.hpp"

namespace {

using namespace parley;
using namespace parley::srtp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPacket = 1200;
constexpr int kSessions = 100;

struct Row {
  const char* name;
  Profile profile;
  decltype(&make_openssl_transform) make;
};
constexpr Row kRows[] = {
    {"AES128_CM_SHA1_80, ours", Profile::Aes128CmSha1_80, make_openssl_transform},
    {"AES128_CM_SHA1_80, libsrtp2", Profile::Aes128CmSha1_80, make_libsrtp_transform},
    {"AES128_CM_SHA1_32, ours", Profile::Aes128CmSha1_32, make_openssl_transform},
    {"AES128_CM_SHA1_32, libsrtp2", Profile::Aes128CmSha1_32, make_libsrtp_transform},
    {"AEAD_AES_128_GCM, ours", Profile::AeadAes128Gcm, make_openssl_transform},
    {"AEAD_AES_128_GCM, libsrtp2", Profile::AeadAes128Gcm, make_libsrtp_transform},
    {"AEAD_AES_256_GCM, ours", Profile::AeadAes256Gcm, make_openssl_transform},
    {"AEAD_AES_256_GCM, libsrtp2", Profile::AeadAes256Gcm, make_libsrtp_transform},
};

void require(bool condition) {
  if (!condition) std::abort();
}

double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

void measure(const Row& row, int packets) {
  const MasterKey key(Bytes(sizes(row.profile).key + sizes(row.profile).salt, 7));
  const auto transform = std::move(row.make(row.profile, key, key)).value();
  const auto begin = Clock::now();
  for (int i = 0; i < kSessions; ++i) require(row.make(row.profile, key, key).has_value());
  const double made = microseconds(Clock::now() - begin) / kSessions;

  Bytes buffer(kPacket + Session::kMaxTrailer);
  buffer[0] = 0x80;
  Clock::duration out{}, in{};
  for (int i = 0; i < packets; ++i) {
    buffer[2] = static_cast<std::uint8_t>(i >> 8);
    buffer[3] = static_cast<std::uint8_t>(i);
    const auto start = Clock::now();
    const Outcome sealed = transform->protect(Kind::Rtp, buffer, kPacket);
    const auto middle = Clock::now();
    require(sealed.has_value());
    require(transform->unprotect(Kind::Rtp, *sealed).has_value());
    in += Clock::now() - middle;
    out += middle - start;
  }
  std::printf("%-30s %10.2f %12.2f %10.0f\n", row.name, microseconds(out) / packets, microseconds(in) / packets, made);
}

}  // namespace

int main(int argc, char** argv) {
  const int packets = argc > 1 ? std::atoi(argv[1]) : 200000;
  require(packets > 0);
  std::printf("%-30s %10s %12s %10s\n", "us, 1200-byte packets", "protect", "unprotect", "session");
  for (const Row& row : kRows) measure(row, packets);
}
