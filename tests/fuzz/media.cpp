// A media session that a peer feeds with any RTP and RTCP while time goes on, the program sends, and negotiation goes
// on. Input is a list of commands; most make packets that are nearly right.
#include <cstdlib>
#include <random>

#include "media/session.hpp"
#include "rtp/extended_report.hpp"
#include "rtp/protection.hpp"
#include "rtp/transport_feedback.hpp"

namespace {

using namespace parley;
using namespace parley::media;

void check(bool condition) {
  if (!condition) std::abort();
}

constexpr SectionKey kAudio{1}, kVideo{2};
constexpr const char* kCodecs[] = {"VP8", "VP9", "H264", "AV1"};

class FixedRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937 engine_{1};
};

rtp::ExtensionMap extensions() {
  rtp::ExtensionMap map;
  map.allow_two_byte();
  map.set(1, rtp::ExtensionKind::Mid);
  map.set(2, rtp::ExtensionKind::SendTime);
  map.set(3, rtp::ExtensionKind::TransportSequenceNumber);
  map.set(4, rtp::ExtensionKind::Rid);
  map.set(5, rtp::ExtensionKind::RepairedRid);
  map.set(6, rtp::ExtensionKind::AudioLevel);
  map.set(7, rtp::ExtensionKind::DependencyDescriptor);
  return map;
}

Section section(bool video) {
  Section made{.key = video ? kVideo : kAudio,
               .kind = video ? Kind::Video : Kind::Audio,
               .mid = video ? "v" : "a",
               .reduced_size_rtcp = true,
               .receives = true,
               .receive_formats = {},
               .receive_extensions = extensions(),
               .announced = {},
               .sends = true,
               .send_formats = {},
               .send_extensions = extensions(),
               .encodings = {}};
  if (!video) {
    made.receive_formats = {{.payload_type = PayloadType(111),
                             .name = "opus",
                             .fmtp = "",
                             .clock_rate = 48000,
                             .channels = 2,
                             .transport_cc = true,
                             .receiver_time = true}};
    made.encodings = {{.source = Ssrc(1000), .retransmission = {}, .rid = ""}};
  } else {
    for (std::uint8_t i = 0; i < 4; ++i)
      made.receive_formats.push_back({.payload_type = PayloadType(static_cast<std::uint8_t>(96 + 2 * i)),
                                      .name = kCodecs[i],
                                      .fmtp = "",
                                      .retransmission = PayloadType(static_cast<std::uint8_t>(97 + 2 * i)),
                                      .nack = i != 3,
                                      .pli = i != 2,
                                      .fir = true,
                                      .transport_cc = true,
                                      .remote_limit = true});
    made.receive_formats.push_back({.payload_type = PayloadType(104), .name = "red", .fmtp = ""});
    made.receive_protecting = {.ulpfec = PayloadType(105), .flexfec = PayloadType(106)};
    made.announced = {{.source = Ssrc(1), .retransmission = Ssrc(2), .protection = Ssrc(9)}};
    made.encodings = {{.source = Ssrc(2000), .retransmission = Ssrc(2001), .protection = Ssrc(2004), .rid = "h"},
                      {.source = Ssrc(2002), .retransmission = Ssrc(2003), .rid = "l"}};
  }
  made.send_formats = made.receive_formats;
  made.send_protecting = made.receive_protecting;
  return made;
}

/// The input, whose end is followed by zeros.
class Input {
 public:
  explicit Input(ByteView bytes) : reader_(bytes) {}
  [[nodiscard]] bool is_over() const { return reader_.remaining() == 0; }
  std::uint8_t u8() { return reader_.number<std::uint8_t>().value_or(0); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(u8() << 8 | u8()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(u16()) << 16 | u16(); }
  ByteView bytes() {
    const std::size_t count = u8();
    return reader_.take(std::min(count, reader_.remaining())).value_or(ByteView());
  }

 private:
  ByteReader reader_;
};

class Driver final : public Session::Handler {
 public:
  explicit Driver(ByteView bytes) : input_(bytes), session_(*this, random_, "c", {}) { configure(0); }

  void run() {
    for (int commands = 0; !input_.is_over() && commands < 500; ++commands) step();
    session_.say_goodbye();
  }

  void on_rtp(ByteView head, ByteView payload) override {
    Bytes packet(head.begin(), head.end());
    packet.insert(packet.end(), payload.begin(), payload.end());
    const auto view = rtp::PacketView::parse(packet);
    check(view && !rtp::is_rtcp(packet) && packet.size() <= (forwarded_ ? 1900 : SendStream::kMaxPacket));
    if (const auto number = view->extension(3); number && number->size() == 2)
      last_sent_ = static_cast<std::uint16_t>((*number)[0] << 8 | (*number)[1]);
    last_number_ = view->header().sequence_number;
    ++sent_;
  }
  void on_rtcp(ByteView packet) override {
    check(packet.size() >= 8 && packet.size() <= 4096 && packet.size() % 4 == 0 && rtp::is_rtcp(packet));
    std::size_t read = 0;
    for (rtp::RtcpReader reader(packet); const auto one = reader.next();) read += one->body.size() + 4;
    check(read == packet.size());
    ++sent_;
  }
  /// Sends back what came, as a forwarder does.
  void on_packet(const ReceivedPacket& packet) override {
    check(packet.section == kAudio || packet.section == kVideo);
    check(!packet.codec.empty() && !packet.packet.payload.empty());
    forwarded_ = true;
    (void)session_.send(packet.section, "",
                        OutgoingPacket{.payload = packet.packet.payload,
                                       .source = packet.source,
                                       .number = packet.packet.sequence_number,
                                       .timestamp = packet.packet.timestamp,
                                       .marker = packet.packet.marker,
                                       .codec = packet.codec,
                                       .descriptor = packet.notes != nullptr ? packet.notes->descriptor : ByteView()},
                        now_);
  }
  void on_frame(ReceivedFrame&& frame) override {
    check(frame.section == kAudio || frame.section == kVideo);
    check(!frame.codec.empty());
    // A program may do anything here.
    if (react_) configure(react_);
    react_ = 0;
  }
  void on_begun(SectionKey key) override { check(key == kAudio || key == kVideo); }
  void on_ended(SectionKey key) override { check(key == kAudio || key == kVideo); }
  void on_key_frame_request(SectionKey key, const std::string&) override { check(key == kVideo); }
  void on_target_rate(SectionKey section, double rate) override {
    check(section == kVideo);
    check(rate >= 1000 && rate <= 1e9);
  }

 private:
  void configure(std::uint8_t how) {
    std::vector<Section> sections;
    if ((how & 1) == 0) sections.push_back(section(true));
    if ((how & 2) == 0) sections.push_back(section(false));
    for (Section& one : sections) {
      one.receives = (how & 4) == 0;
      one.sends = (how & 8) == 0;
      one.reduced_size_rtcp = (how & 16) == 0;
      if ((how & 32) != 0 && one.kind == Kind::Video) one.receive_formats.resize(1);
      if ((how & 64) != 0) one.encodings.resize(1);
      if ((how & 128) != 0)
        for (auto* formats : {&one.send_formats, &one.receive_formats})
          for (Format& format : *formats) format.transport_cc = false;
    }
    session_.configure(std::move(sections));
  }

  void step() {
    sent_ = 0;
    switch (input_.u8() % 12) {
      case 0:
        session_.receive_rtp(input_.bytes(), now_);
        break;
      case 1:
        session_.receive_rtcp(input_.bytes(), now_);
        break;
      case 2:
      case 3:
        receive_media();
        break;
      case 4:
        receive_feedback();
        break;
      case 5:
        receive_transport_feedback();
        break;
      case 6:
        receive_reports();
        break;
      case 7:
        wait(std::chrono::milliseconds(input_.u8()));
        break;
      case 8:
        wait(std::chrono::milliseconds(input_.u16()));
        break;
      case 9:
        send();
        break;
      case 10:
        react();
        break;
      default:
        session_.connect(now_);
        break;
    }
    ask_for_statistics();
    // One datagram does not make the session flood the network.
    check(sent_ < 6000);
  }

  /// Whatever has happened, there is an answer, and what must hold between its numbers does.
  void ask_for_statistics() {
    const Statistics all = session_.statistics(now_);
    check(all.incoming.size() <= Session::kMostSources && all.outgoing.size() <= 3);
    for (const IncomingStatistics& one : all.incoming) {
      check(one.counters.packets > 0 && one.jitter >= 0 && one.counters.waited >= 0);
      check(one.counters.key_frames <= one.counters.frames && one.counters.frames_of_many <= one.counters.frames);
      check(one.counters.useless_protection <= one.counters.protecting_packets);
      check(one.round_trips.count == 0 || one.round_trips.last <= 60s);
    }
    for (const OutgoingStatistics& one : all.outgoing) {
      check(one.packets_received <= one.counters.packets);
      check(one.counters.key_frames <= one.counters.frames);
      check(one.limitation.by_nothing() >= 0s && one.limitation.by_bandwidth() >= 0s);
    }
  }

  void react() {
    const std::uint8_t how = input_.u8();
    if (input_.u8() % 2 == 0) {
      configure(how);
    } else {
      react_ = how;
    }
    session_.request_key_frame(how % 2 == 0 ? kAudio : kVideo, "", now_);
  }

  /// Everything that is due comes to an end.
  void wait(Duration duration) {
    const TimePoint end = now_ + duration;
    for (int turns = 0;; ++turns) {
      check(turns < 20'000);
      const auto due = session_.next_deadline();
      if (!due || *due > end) break;
      now_ = std::max(now_, *due);
      sent_ = 0;
      session_.advance(now_);
      check(sent_ < 6000);
    }
    now_ = end;
    sent_ = 0;
  }

  void send() {
    const std::uint8_t how = input_.u8();
    const bool video = how % 2 == 0;
    Bytes frame(std::size_t{input_.u8()} * (how & 2 ? 64 : 1), input_.u8());
    const ByteView start = input_.bytes();
    std::copy_n(start.begin(), std::min(start.size(), frame.size()), frame.begin());
    const std::uint8_t layer = input_.u8();
    const std::uint64_t needs[] = {input_.u8(), input_.u8()};
    (void)session_.send(video ? kVideo : kAudio, how & 4 ? "l" : "",
                        {.data = frame,
                         .info = {.key_frame = (how & 8) != 0,
                                  .spatial_index = static_cast<std::uint8_t>(layer & 3),
                                  .spatial_layers = static_cast<std::uint8_t>(layer >> 2 & 3),
                                  .temporal_index = layer < 64 ? std::nullopt : std::optional(layer)},
                         .timestamp = std::nullopt,
                         .codec = video ? kCodecs[how >> 4 & 3] : "",
                         .identity = {.id = needs[0] == 0 ? std::nullopt : std::optional(needs[0]), .needs = needs}},
                        now_);
  }

  void receive_media() {
    const std::uint8_t what = input_.u8(), payload_type = input_.u8();
    number_[what & 3] = static_cast<std::uint16_t>(number_[what & 3] + static_cast<std::int8_t>(input_.u8()));
    if ((what & 4) != 0) number_[what & 3] = input_.u16();
    if ((what & 8) != 0) timestamp_ += std::uint32_t{input_.u8()} * 90;
    if ((what & 16) != 0) arrived_ = static_cast<std::uint16_t>(arrived_ + (input_.u8() % 2 ? input_.u16() : 1));
    const Bytes arrived{static_cast<std::uint8_t>(arrived_ >> 8), static_cast<std::uint8_t>(arrived_)};
    const ByteView mid = as_bytes(what & 32 ? "v" : "a");
    std::vector<rtp::Extension> list{{3, arrived}};
    if ((what & 64) != 0) list.push_back({1, mid});
    const Bytes name{static_cast<std::uint8_t>('a' + what % 3)};
    if ((what & 128) != 0) list.push_back({static_cast<std::uint8_t>(4 + payload_type % 3), name});
    const ByteView descriptor = (payload_type & 16) != 0 ? input_.bytes() : ByteView();
    if (!descriptor.empty()) list.push_back({7, descriptor});
    Bytes packet(rtp::header_size(list));
    const bool protects = (payload_type & 24) == 24;
    rtp::write_header({.payload_type = PayloadType(static_cast<std::uint8_t>(
                           payload_type & 128 ? 111 : 96 + payload_type % 8 + (protects ? 8 : 0))),
                       .marker = (payload_type & 64) != 0,
                       .sequence_number = number_[what & 3],
                       .timestamp = timestamp_,
                       .ssrc = Ssrc(1U + (what & 3U) + (payload_type & 32 ? input_.u8() * 4U : 0U))},
                      list, packet);
    const ByteView payload = input_.bytes();
    if (protects) {
      protect(what, payload, packet);
    } else {
      packet.insert(packet.end(), payload.begin(), payload.end());
    }
    session_.receive_rtp(packet, now_);
  }

  /// Something that RED, ULPFEC or FlexFEC may hold: packets near the last one.
  void protect(std::uint8_t what, ByteView payload, Bytes& packet) {
    rtp::Protection made{.source = Ssrc(1U + (what & 3U)), .base = static_cast<std::uint16_t>(number_[what & 3] - 4)};
    made.mask = input_.u8();
    made.parity.flags = {0, static_cast<std::uint8_t>(96 + what % 8)};
    made.parity.length = static_cast<std::uint16_t>(payload.size() / 2);
    made.parity.content.assign(payload.begin(), payload.end());
    switch (packet[1] & 0x7F) {
      case 104:
        packet.push_back(what & 16 ? 105 : 96);
        if ((what & 16) == 0) break;
        write_ulpfec(made, packet);
        return;
      case 106:
        write_flexfec(made, packet);
        return;
      default:
        break;
    }
    packet.insert(packet.end(), payload.begin(), payload.end());
  }

  void receive_feedback() {
    Bytes packet;
    const std::uint8_t what = input_.u8();
    const Ssrc source(what & 128 ? 1000 : 2000U + (what >> 3 & 3U));
    switch (what % 5) {
      case 0: {
        rtp::Nack nack{Ssrc(1), source, {}};
        for (std::size_t count = input_.u8(); count > 0; --count)
          nack.numbers.push_back(static_cast<std::uint16_t>(last_number_ - input_.u8()));
        rtp::write(nack, packet);
        break;
      }
      case 1:
        rtp::write(rtp::PictureLoss{Ssrc(1), source}, packet);
        break;
      case 2:
        rtp::write(rtp::FullIntraRequest{Ssrc(1), {{source, input_.u8()}}}, packet);
        break;
      case 3:
        rtp::write(rtp::RemoteLimit{Ssrc(1), std::uint64_t{input_.u32()} << (what >> 3), {source}}, packet);
        break;
      default:
        rtp::write_goodbye({Ssrc(1U + (what >> 3 & 3U))}, packet);
        break;
    }
    session_.receive_rtcp(packet, now_);
  }

  void receive_transport_feedback() {
    const std::uint8_t what = input_.u8();
    rtp::TransportFeedback feedback;
    if ((what & 1) != 0) clock_ += (what & 2 ? 1 : -1) * Duration(input_.u32() * 1ms);
    auto number = static_cast<std::uint16_t>(last_sent_ - input_.u8());
    for (std::size_t count = input_.u8(); count > 0; --count, ++number) {
      const std::uint8_t late = input_.u8();
      clock_ += late * 250us * (what & 4 ? 100 : 1);
      feedback.packets.push_back({number, late % 16 == 15 ? std::nullopt : std::optional(clock_)});
    }
    Bytes packet;
    if (!feedback.packets.empty()) (void)rtp::write(feedback, packet);
    session_.receive_rtcp(packet, now_);
  }

  void receive_reports() {
    const std::uint8_t what = input_.u8();
    const rtp::ReportBlock block{.source = Ssrc(what & 1 ? 1000 : 2000),
                                 .fraction_lost = input_.u8(),
                                 .cumulative_lost = input_.u8(),
                                 .extended_highest = last_number_,
                                 .jitter = input_.u8(),
                                 .last_report = what & 2 ? input_.u32() : 0,
                                 .delay_since_last_report = what & 4 ? input_.u32() : 0};
    Bytes packet;
    if ((what & 16) != 0) {
      rtp::ExtendedReport report{.sender = Ssrc(what >> 5)};
      if ((what & 8) != 0) report.reference = rtp::NtpTime{input_.u32()};
      if ((what & 2) != 0) report.answers = {{Ssrc(2000), input_.u32(), input_.u32()}, {Ssrc(1000), 1, input_.u32()}};
      rtp::write(report, packet);
    } else if ((what & 8) != 0) {
      rtp::write(rtp::ReceiverReport{Ssrc(1), {block}}, packet);
    } else {
      rtp::write(rtp::SenderReport{.sender = Ssrc(1), .ntp = {input_.u32()}, .blocks = {block}}, packet);
    }
    session_.receive_rtcp(packet, now_);
  }

  Input input_;
  FixedRandom random_;
  TimePoint now_{10s};
  Session session_;
  std::uint16_t number_[4] = {}, arrived_ = 0, last_sent_ = 0, last_number_ = 0;
  std::uint32_t timestamp_ = 0;
  Duration clock_{};
  bool forwarded_ = false;
  std::size_t sent_ = 0;
  std::uint8_t react_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Driver(ByteView(data, size)).run();
  return 0;
}
