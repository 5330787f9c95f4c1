// RTCP compounds: whatever is read can be written again, and is then the same.
#include <cstdlib>

#include "rtp/feedback.hpp"
#include "rtp/reports.hpp"
#include "rtp/transport_feedback.hpp"

namespace {

using namespace parley;

template <class T>
void check(const std::optional<T>& read, std::optional<T> (*parse)(const rtp::RtcpPacket&)) {
  if (!read) return;
  Bytes written;
  rtp::write(*read, written);
  rtp::RtcpReader reader(written);
  const auto packet = reader.next();
  if (!packet || parse(*packet) != read) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rtp::RtcpReader reader(ByteView(data, size));
  while (const auto packet = reader.next()) {
    check(rtp::parse_sender_report(*packet), rtp::parse_sender_report);
    check(rtp::parse_receiver_report(*packet), rtp::parse_receiver_report);
    check(rtp::parse_picture_loss(*packet), rtp::parse_picture_loss);
    check(rtp::parse_full_intra_request(*packet), rtp::parse_full_intra_request);
    for (const auto& name : rtp::parse_source_description(*packet)) (void)name;
    (void)rtp::parse_goodbye(*packet);
    (void)rtp::parse_nack(*packet);
    (void)rtp::parse_remote_limit(*packet);
    if (const auto feedback = rtp::parse_transport_feedback(*packet)) {
      Bytes written;
      if (rtp::write(*feedback, written) > feedback->packets.size()) std::abort();
    }
  }
  return 0;
}
