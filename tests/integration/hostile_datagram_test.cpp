// Datagrams that a stranger, or somebody on the path, sends to a connection of the public API: RFC 7983's first bytes,
// noise, and what was sent before, repeated, cut and changed.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "support/candidate_rewrite.hpp"
#include "support/healthy_pair.hpp"
#include "support/meddler.hpp"

namespace parley {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr int kFlood = kSanitized ? 20'000 : 100'000;

class Noise {
 public:
  explicit Noise(unsigned seed) : random_(seed) {}
  /// Every first byte in turn, any length that fits a datagram on the way, half of them shaped like DTLS records.
  ByteView next() {
    const std::size_t size = 1 + random_() % (random_() % 8 == 0 ? 1400 : 64);
    bytes_.resize(size);
    for (std::uint8_t& byte : bytes_) byte = static_cast<std::uint8_t>(random_());
    bytes_[0] = static_cast<std::uint8_t>(first_++);
    if (size > 13 && random_() % 2 == 0) {
      const std::size_t length = size - 13;
      const std::uint8_t header[] = {0xFE, 0xFD, 0, static_cast<std::uint8_t>(random_() % 3), 0, 0, 0, 0, 0, 0};
      std::copy(std::begin(header), std::end(header), bytes_.begin() + 1);
      bytes_[11] = static_cast<std::uint8_t>(length >> 8);
      bytes_[12] = static_cast<std::uint8_t>(length);
    }
    return bytes_;
  }

 private:
  std::mt19937 random_;
  unsigned first_ = 0;
  Bytes bytes_;
};

class Stranger {
 public:
  Stranger() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Stranger() { ::close(socket_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  void send(ByteView datagram, const Endpoint& to) const {
    [[maybe_unused]] const auto sent = sendto(socket_, datagram.data(), datagram.size(), 0, to.raw(), to.raw_size());
  }

 private:
  int socket_;
};

Endpoint host_of(const RTCPeerConnection& pc) {
  const std::string sdp = pc.localDescription()->sdp();
  const std::size_t line = sdp.find("a=candidate:");
  return *host_endpoint(std::string_view(sdp).substr(line, sdp.find_first_of("\r\n", line) - line));
}

/// Sends numbered messages and checks that they come back once each, in order.
class Echo {
 public:
  Echo(RTCPeerConnection& near, RTCPeerConnection& far) {
    far.ondatachannel = [](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [channel = event.channel.get()](const MessageEvent& message) {
        channel->send(message.text());
      };
    };
    channel_ = near.createDataChannel("echo");
    channel_->onopen = [this] { open_.set(); };
    channel_->onmessage = [this](const MessageEvent& message) {
      if (message.text() != std::to_string(came_back_++)) wrong_ = true;
      if (came_back_ == wanted_) all_.set();
    };
  }
  bool open() { return open_.wait(); }
  void send(int count) {
    wanted_ += count;
    for (int i = 0; i < count; ++i) channel_->send(std::to_string(sent_++));
  }
  bool all_came_back() { return all_.wait(40s) && !wrong_; }

 private:
  std::shared_ptr<RTCDataChannel> channel_;
  std::atomic<int> came_back_ = 0, wanted_ = 0;
  std::atomic<bool> wrong_ = false;
  int sent_ = 0;
  Latch open_, all_;
};

TEST(HostileDatagrams, NoiseFromAStrangerBeforeDuringAndAfterTheHandshakeChangesNothing) {
  const auto loop = EventLoop::create();
  HealthyPair healthy(loop);
  ASSERT_TRUE(healthy.opened());
  RTCPeerConnection offerer(on_loopback(loop)), answerer(on_loopback(loop));
  Echo echo(offerer, answerer);
  Stranger stranger;
  Noise noise(1);
  offerer.setLocalDescription().get(20s);
  gathered(offerer).get(20s);
  const Endpoint first = host_of(offerer);
  for (int i = 0; i < kFlood / 10; ++i) stranger.send(noise.next(), first);  // nobody answered yet
  const std::size_t before = allocated_bytes();
  answerer.setRemoteDescription(*offerer.localDescription()).get(20s);
  answerer.setLocalDescription().get(20s);
  gathered(answerer).get(20s);
  const Endpoint second = host_of(answerer);
  std::thread flood([&] {
    for (int i = 0; i < kFlood; ++i) stranger.send(noise.next(), i % 2 == 0 ? first : second);
  });
  offerer.setRemoteDescription(*answerer.localDescription()).get(20s);
  EXPECT_TRUE(echo.open());
  echo.send(200);
  EXPECT_TRUE(echo.all_came_back());
  flood.join();
  EXPECT_EQ(offerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_EQ(answerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_LT(allocated_bytes(), before + (8 << 20));
  EXPECT_TRUE(healthy.alive());
  EXPECT_LT(healthy.worst(), HealthyPair::kBearable);
  offerer.close();
  answerer.close();
}

TEST(HostileDatagrams, NoiseFromThePeersAddressIsDroppedOnceConnected) {
  const auto loop = EventLoop::create();
  HealthyPair healthy(loop);
  ASSERT_TRUE(healthy.opened());
  Meddler meddler;
  RTCPeerConnection offerer(on_loopback(loop)), answerer(on_loopback(loop));
  Echo echo(offerer, answerer);
  negotiate_through(meddler, offerer, answerer).get(20s);
  ASSERT_TRUE(echo.open());
  const std::size_t before = allocated_bytes();
  Noise noise(2);
  for (int i = 0; i < kFlood; ++i) {
    const ByteView datagram = noise.next();
    meddler.inject(i % 2 == 0 ? Meddler::Way::ToA : Meddler::Way::ToB, datagram);
  }
  echo.send(200);
  EXPECT_TRUE(echo.all_came_back());
  EXPECT_EQ(offerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_EQ(answerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_LT(allocated_bytes(), before + (16 << 20));
  EXPECT_TRUE(healthy.alive());
  EXPECT_LT(healthy.worst(), HealthyPair::kBearable);
  offerer.close();
  answerer.close();
}

/// What passed so far, and changed copies of it.
class Recorder {
 public:
  explicit Recorder(unsigned seed) : random_(seed) {}
  void keep(ByteView datagram) {
    Bytes copy(datagram.begin(), datagram.end());
    if (kept_.size() < 256) {
      kept_.push_back(std::move(copy));
    } else {
      kept_[random_() % kept_.size()] = std::move(copy);
    }
  }
  const Bytes& any() { return kept_[random_() % kept_.size()]; }
  Bytes truncated() {
    Bytes copy = any();
    copy.resize(1 + random_() % copy.size());
    return copy;
  }
  Bytes flipped() {
    Bytes copy = any();
    copy[random_() % copy.size()] ^= static_cast<std::uint8_t>(1u << random_() % 8);
    return copy;
  }

 private:
  std::mt19937 random_;
  std::vector<Bytes> kept_;
};

TEST(HostileDatagrams, RecordedOnesRepeatedCutAndChangedDoNotDisturbAConnection) {
  const auto loop = EventLoop::create();
  Recorder to_a(3), to_b(4);
  Meddler meddler;
  RTCPeerConnection offerer(on_loopback(loop)), answerer(on_loopback(loop));
  Echo echo(offerer, answerer);
  // The handshake is recorded, and each of its datagrams is repeated at once.
  meddler.set_rule([&](Meddler::Way way, ByteView datagram, const Meddler::Emit& emit) {
    emit(datagram);
    if (!is_dtls(datagram)) return;
    (way == Meddler::Way::ToA ? to_a : to_b).keep(datagram);
    emit(datagram);
  });
  negotiate_through(meddler, offerer, answerer).get(20s);
  ASSERT_TRUE(echo.open());
  const std::size_t before = allocated_bytes();
  meddler.set_rule([&](Meddler::Way way, ByteView datagram, const Meddler::Emit& emit) {
    if (!is_dtls(datagram)) return emit(datagram);
    Recorder& recorder = way == Meddler::Way::ToA ? to_a : to_b;
    recorder.keep(datagram);
    emit(recorder.truncated());
    emit(recorder.flipped());
    emit(datagram);
    emit(recorder.any());
    emit(datagram);
  });
  echo.send(kSanitized ? 500 : 3000);
  EXPECT_TRUE(echo.all_came_back());
  EXPECT_EQ(offerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_EQ(answerer.connectionState(), RTCPeerConnectionState::Connected);
  EXPECT_LT(allocated_bytes(), before + (8 << 20));
  offerer.close();
  answerer.close();
}

/// Nothing protects a handshake from somebody on its path until the keys are there: it may fail, but it must say so.
TEST(HostileDatagrams, AChangedHandshakeSucceedsOrFailsWithAnError) {
  const auto loop = EventLoop::create();
  struct Case {
    explicit Case(const std::shared_ptr<EventLoop>& l, unsigned seed)
        : offerer(on_loopback(l)), answerer(on_loopback(l)), echo(offerer, answerer), recorder(seed) {}
    RTCPeerConnection offerer, answerer;
    Echo echo;
    Recorder recorder;
    Latch decided;
    std::atomic<bool> error = false;
    Meddler meddler;  // last: its rule uses the others
  };
  std::vector<std::unique_ptr<Case>> cases;
  for (unsigned seed = 0; seed < 12; ++seed) {
    cases.push_back(std::make_unique<Case>(loop, seed));
    Case& c = *cases.back();
    c.meddler.set_rule([&c, seed](Meddler::Way, ByteView datagram, const Meddler::Emit& emit) {
      if (begins_with(kHandshake, datagram)) {
        c.recorder.keep(datagram);
        emit(seed % 2 == 0 ? c.recorder.flipped() : c.recorder.truncated());
      }
      emit(datagram);
    });
    const auto look = [&c] {
      const RTCPeerConnectionState state = c.offerer.connectionState();
      if (state == RTCPeerConnectionState::Connected || state == RTCPeerConnectionState::Failed) c.decided.set();
    };
    c.offerer.onconnectionstatechange = look;
    const auto watch_errors = [&c] {
      c.offerer.sctp()->transport()->onerror = [&c](const RTCErrorEvent& event) {
        c.error = event.error.errorDetail() == RTCErrorDetailType::DtlsFailure ||
                  event.error.errorDetail() == RTCErrorDetailType::FingerprintFailure;
      };
    };
    negotiate_through(c.meddler, c.offerer, c.answerer).then(watch_errors).get(20s);
  }
  for (const auto& c : cases) {
    EXPECT_TRUE(c->decided.wait(45s));
    if (c->offerer.connectionState() == RTCPeerConnectionState::Connected) {
      EXPECT_TRUE(c->echo.open());
    } else {
      EXPECT_TRUE(c->error);
    }
    c->offerer.close();
    c->answerer.close();
  }
}

}  // namespace
}  // namespace parley
