// A media session under a hostile peer: packets and time, in any order.
#include <cstring>

#include "base/random.hpp"
#include "media/session.hpp"

namespace {

using namespace parley;

struct Handler final : media::Session::Handler {
  void on_rtp(ByteView) override {}
  void on_rtcp(ByteView) override {}
  void on_frame(media::ReceivedFrame&&) override {}
  void on_begun(media::SectionKey) override {}
  void on_ended(media::SectionKey) override {}
  void on_key_frame_request(media::SectionKey, const std::string&) override {}
  void on_target_rate(double) override {}
};

struct Zeros final : Random {
  void fill(std::span<std::uint8_t> out) override { std::memset(out.data(), 1, out.size()); }
};

media::Section section(std::uint32_t key, const char* name) {
  media::Section made;
  made.key = media::SectionKey(key);
  made.kind = media::Kind::Video;
  made.mid = std::string(1, static_cast<char>('0' + key));
  made.receives = made.sends = true;
  made.receive_formats = {{.payload_type = PayloadType(static_cast<std::uint8_t>(96 + 2 * key)),
                           .name = name,
                           .retransmission = PayloadType(static_cast<std::uint8_t>(97 + 2 * key)),
                           .nack = true,
                           .pli = true,
                           .transport_cc = true}};
  made.send_formats = made.receive_formats;
  made.receive_extensions.set(1, rtp::ExtensionKind::Mid);
  made.receive_extensions.set(2, rtp::ExtensionKind::TransportSequenceNumber);
  made.receive_extensions.set(3, rtp::ExtensionKind::RepairedRid);
  made.send_extensions = made.receive_extensions;
  made.encodings = {{.source = Ssrc(key), .retransmission = Ssrc(100 + key), .rid = ""}};
  return made;
}

}  // namespace

/// Each step: a byte that says what it is, a byte of length, and that many bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Handler handler;
  Zeros zeros;
  media::Session session(handler, zeros, "fuzz", {});
  session.configure({section(0, "VP8"), section(1, "H264"), section(2, "AV1")});
  TimePoint now{1s};
  session.connect(now);
  const Bytes frame{0x10, 1, 2, 3};
  (void)session.send(media::SectionKey(0), "", {.data = frame, .info = {.key_frame = true}}, now);
  ByteView rest(data, size);
  while (rest.size() >= 2) {
    const std::uint8_t what = rest[0];
    const std::size_t length = std::min<std::size_t>(rest[1], rest.size() - 2);
    const ByteView bytes = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    switch (what % 4) {
      case 0:
        session.receive_rtp(bytes, now);
        break;
      case 1:
        session.receive_rtcp(bytes, now);
        break;
      case 2:
        now += std::chrono::milliseconds(what);
        session.advance(now);
        break;
      default:
        (void)session.send(media::SectionKey(0), "", {.data = bytes, .info = {}}, now);
        break;
    }
  }
  session.advance(now + 10s);
  session.say_goodbye(now);
  return 0;
}
