// Everything that can arrive on a transport's socket, from the first byte to the data channels, as a session passes it
// on: datagrams of somebody who has no keys, and DTLS records whose content the peer itself made up.
//
// Input: packets, each after a byte that says who sends it and its length in two bytes.
#include <cstdlib>
#include <set>

#include "dtls/transport.hpp"
#include "parley/event_loop.hpp"
#include "session/data_plane.hpp"
#include "session/demultiplex.hpp"

namespace {

using namespace parley;

void check(bool condition) {
  if (!condition) std::abort();
}

const std::shared_ptr<const dtls::Certificate>& certificate() {
  static const auto one = dtls::Certificate::generate().value();
  return one;
}

/// One side's DTLS, over which packets go at once.
struct Side : dtls::Transport::Handler {
  void on_dtls_packet(ByteView datagram) override { outbox.emplace_back(datagram.begin(), datagram.end()); }
  void on_dtls_connected() override {}
  void on_dtls_data(ByteView) override {}
  void on_dtls_closed() override {}
  void on_dtls_failed(const Error&) override {}

  std::vector<Bytes> outbox;
  dtls::Transport dtls{certificate(), *this};
};

/// The side that is attacked: what a session does with what comes in.
class Attacked final : public Side, session::DataPlane::Observer, dcep::Observer {
 public:
  explicit Attacked(EventLoop& loop) : plane_(loop, kMaxMessage, *this, *this) {
    plane_.set_dtls_role(dcep::DtlsRole::Client);
    plane_.establish({});
  }
  void receive(ByteView packet, TimePoint now) {
    const bool for_dtls = !packet.empty() && packet[0] >= 20 && packet[0] <= 63;
    check(for_dtls == (session::protocol_of(packet) == session::Protocol::Dtls));
    if (for_dtls) dtls.receive(packet, now);
  }
  void connect() { plane_.connect(); }
  void close() { plane_.close(); }

  void on_dtls_data(ByteView data) override { plane_.receive(data); }
  void on_sctp_state(session::DataPlane::State) override {}
  void on_sctp_packet_ready(ByteView packet) override { dtls.send(packet); }
  void on_sctp_probe_ready(ByteView packet) override { dtls.send(packet); }

  void on_channel_announced(dcep::ChannelKey key, const dcep::ChannelInit&) override {
    check(channels_.insert(key).second);
  }
  void on_channel_id(dcep::ChannelKey, dcep::StreamId) override {}
  void on_channel_open(dcep::ChannelKey key) override { check(channels_.contains(key)); }
  void on_channel_message(dcep::ChannelKey key, bool, ByteView message) override {
    check(channels_.contains(key) && message.size() <= kMaxMessage);
  }
  void on_channel_taken(dcep::ChannelKey, const dcep::Taken&) override {}
  void on_channel_closing(dcep::ChannelKey key) override { check(channels_.contains(key)); }
  void on_channel_closed(dcep::ChannelKey key, const std::optional<Error>&) override {
    check(channels_.erase(key) == 1);
  }

 private:
  static constexpr std::size_t kMaxMessage = 5000;
  session::DataPlane plane_;
  std::set<dcep::ChannelKey> channels_;
};

void attack(EventLoop& loop, ByteReader input) {
  const TimePoint now{std::chrono::hours(1)};
  Attacked attacked(loop);
  Side peer;
  const auto carry = [&] {
    while (!attacked.outbox.empty() || !peer.outbox.empty()) {
      for (const Bytes& packet : std::exchange(peer.outbox, {})) attacked.receive(packet, now);
      for (const Bytes& packet : std::exchange(attacked.outbox, {})) peer.dtls.receive(packet, now);
    }
  };
  enum From : std::uint8_t { Stranger, Peer, Handshake, Init, kFroms };
  const auto fingerprint = certificate()->fingerprint();
  while (const auto from = input.number<std::uint8_t>()) {
    if (*from % kFroms == Handshake) {
      attacked.dtls.start(dtls::Role::Client, {fingerprint}, now);
      peer.dtls.start(dtls::Role::Server, {fingerprint}, now);
      carry();
      continue;
    }
    if (*from % kFroms == Init) {
      attacked.connect();
      carry();
      continue;
    }
    const std::size_t length = input.number<std::uint16_t>().value_or(0);
    const ByteView packet = input.take(std::min(length, input.remaining())).value_or(ByteView());
    if (*from % kFroms == Stranger) attacked.receive(packet, now);
    if (*from % kFroms == Peer) peer.dtls.send(packet);
    carry();
  }
  attacked.close();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)certificate();  // before the loop, so that OpenSSL ends after it
  static const std::shared_ptr<EventLoop> loop = EventLoop::create();
  loop->run([&] { attack(*loop, ByteReader({data, size})); });
  return 0;
}
