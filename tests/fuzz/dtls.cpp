// Two transports and a wire between them that does what the input says: deliver, lose, repeat, damage and forge
// datagrams, let time pass, send, close. Fails on a handler that is called out of order, or bytes that the peer did not
// send.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <string_view>

#include "dtls/transport.hpp"

namespace {

using namespace parley;

const std::shared_ptr<const dtls::Certificate>& certificate() {
  static const auto one = dtls::Certificate::generate().value();
  return one;
}

constexpr std::string_view kData = "what a transport sends here";

void require(bool condition) {
  if (!condition) std::abort();
}

struct End final : dtls::Transport::Handler {
  void on_dtls_packet(ByteView datagram) override {
    if (outbox.size() < 64) outbox.emplace_back(datagram.begin(), datagram.end());
  }
  void on_dtls_connected() override {
    require(!connected && !over);
    connected = true;
  }
  void on_dtls_data(ByteView data) override { require(connected && !over && as_text(data) == kData); }
  void on_dtls_closed() override { finish(); }
  void on_dtls_failed(const Error& error) override {
    require(error.detail.has_value());
    finish();
  }
  void finish() {
    require(!over);
    over = true;
  }

  std::deque<Bytes> outbox;
  bool connected = false, over = false;
  dtls::Transport transport{certificate(), *this, {.mtu = 600, .srtp_profiles = {dtls::SrtpProfile::AeadAes128Gcm}}};
};

class Script {
 public:
  explicit Script(ByteView input) : input_(input) {}
  void play();

 private:
  enum Step : std::uint8_t { Deliver, DeliverAll, Lose, Repeat, Damage, Forge, Wait, Send, Close, kSteps };
  void take(Step step, End& from, End& to);
  void deliver(End& from, End& to) {
    const Bytes datagram = std::move(from.outbox.front());
    from.outbox.pop_front();
    to.transport.receive(datagram, now_);
  }
  void deliver_all() {
    for (int i = 0; i < 100 && !(client_.outbox.empty() && server_.outbox.empty()); ++i) {
      if (!client_.outbox.empty()) deliver(client_, server_);
      if (!server_.outbox.empty()) deliver(server_, client_);
    }
  }
  void damage(Bytes& datagram) {
    const auto at = input_.number<std::uint16_t>().value_or(0);
    datagram[at % datagram.size()] ^= input_.number<std::uint8_t>().value_or(1);
  }
  void forge(End& to) {
    const std::size_t size = input_.number<std::uint16_t>().value_or(0) % 2048;
    to.transport.receive(input_.take(std::min(size, input_.remaining())).value_or(ByteView{}), now_);
  }
  void wait() {
    now_ += std::chrono::milliseconds(50 * input_.number<std::uint8_t>().value_or(0));
    for (End* end : {&client_, &server_}) end->transport.advance(now_);
  }

  ByteReader input_;
  TimePoint now_{std::chrono::hours(1)};
  End client_, server_;
};

void Script::take(Step step, End& from, End& to) {
  const bool waiting = !from.outbox.empty();
  if (step == Deliver && waiting) deliver(from, to);
  if (step == DeliverAll) deliver_all();
  if (step == Lose && waiting) from.outbox.pop_front();
  if (step == Repeat && waiting) from.outbox.push_back(Bytes(from.outbox.front()));
  if (step == Damage && waiting) damage(from.outbox.front());
  if (step == Forge) forge(to);
  if (step == Wait) wait();
  if (step == Send) from.transport.send(as_bytes(kData));
  if (step == Close) {
    from.transport.close();
    from.over = true;
  }
}

void Script::play() {
  const auto fingerprint = certificate()->fingerprint();
  server_.transport.start(dtls::Role::Server, {fingerprint}, now_);
  client_.transport.start(dtls::Role::Client, {fingerprint}, now_);
  while (const auto code = input_.number<std::uint8_t>()) {
    const auto step = static_cast<Step>((*code & 0x7f) % kSteps);
    if (*code & 0x80) {
      take(step, server_, client_);
    } else {
      take(step, client_, server_);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script({data, size}).play();
  return 0;
}
