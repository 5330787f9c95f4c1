#include "parley_fanout.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley_pair.hpp"

namespace parley::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
constexpr std::size_t kMost = 4096;
constexpr std::uint32_t kFramesPerSecond = 30;
/// RTP header and its extensions.
constexpr std::size_t kHeader = 24;

/// What the receivers have counted, in memory that both processes see.
struct Counters {
  std::atomic<std::uint32_t> connected{0};
  std::array<std::atomic<std::uint64_t>, kMost> packets{};
};

/// Lines between the processes: the number of a connection, and a signal.
class Wire {
 public:
  explicit Wire(int socket) : socket_(socket) {}
  void send(std::size_t index, const Signal& signal) {
    const std::string line = nlohmann::json{{"index", index}, {"signal", to_json(signal)}}.dump() + '\n';
    const std::lock_guard lock(mutex_);
    for (std::size_t done = 0; done < line.size();) {
      const ssize_t now = ::send(socket_, line.data() + done, line.size() - done, MSG_NOSIGNAL);
      if (now <= 0) return;
      done += static_cast<std::size_t>(now);
    }
  }
  /// Until the other process has gone.
  template <class Take>
  void read(Take take) {
    std::string rest;
    std::array<char, 65536> part{};
    for (ssize_t size; (size = ::recv(socket_, part.data(), part.size(), 0)) > 0;) {
      rest.append(part.data(), static_cast<std::size_t>(size));
      std::size_t begin = 0;
      for (std::size_t end; (end = rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const auto message = nlohmann::json::parse(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                                                   rest.begin() + static_cast<std::ptrdiff_t>(end));
        take(message["index"].get<std::size_t>(), signal_from_json(message["signal"]));
      }
      rest.erase(0, begin);
    }
  }
  void close() { ::shutdown(socket_, SHUT_RDWR); }

 private:
  int socket_;
  std::mutex mutex_;
};

/// The connections of one process, all on one loop.
class Side {
 public:
  Side(const CommandLine& line, Wire& wire) : wire_(wire), feedback_(line.number_or("feedback", 1) != 0) {
    configuration_.network.loop = EventLoop::create();
    configuration_.network.fast_path = line.number_or("fast", 1) != 0;
  }
  [[nodiscard]] const std::shared_ptr<EventLoop>& loop() const { return configuration_.network.loop; }
  /// On the loop.
  EndPtr make(std::size_t index) {
    return make_end(configuration_, [this, index](Signal signal) {
      if (!feedback_ && signal.description) signal.description->sdp = without_feedback(signal.description->sdp);
      wire_.send(index, signal);
    });
  }
  static void accept(const EndPtr& end, Signal signal) {
    take(end, std::move(signal)).then([] {}, [](const std::exception_ptr&) {});
  }

 private:
  Wire& wire_;
  bool feedback_;
  RTCConfiguration configuration_;
};

/// The second process.
[[noreturn]] void receive(const CommandLine& line, Wire& wire, Counters& counters) {
  Side side(line, wire);
  std::vector<EndPtr> ends(line.count("receivers"));
  wire.read([&](std::size_t index, const Signal& signal) {
    side.loop()->post([&, index, signal] {
      EndPtr& end = ends.at(index);
      if (!end) {
        end = side.make(index);
        end->connection.ontrack = [&counters, index](const RTCTrackEvent& event) {
          event.track->onrtp = [&count = counters.packets[index]] { count.fetch_add(1, std::memory_order_relaxed); };
        };
        end->connection.onconnectionstatechange = [&counters, connection = &end->connection] {
          if (connection->connectionState() == RTCPeerConnectionState::Connected) ++counters.connected;
        };
      }
      Side::accept(end, signal);
    });
  });
  _exit(0);
}

/// Frames of VP8, some packets each. On the loop.
class Film {
 public:
  Film(const CommandLine& line, const std::shared_ptr<EventLoop>& loop)
      : track_(MediaStreamTrack::create("video", "", loop)), size_(line.count("size") - kHeader) {
    const double bytes = line.number("rate") * 1000 / 8 / kFramesPerSecond;
    packets_of_a_frame_ = std::max<std::size_t>(1, static_cast<std::size_t>(bytes / static_cast<double>(size_) + 0.5));
    track_->onkeyframerequest = [this] { key_ = true; };
  }
  [[nodiscard]] const std::shared_ptr<MediaStreamTrack>& track() const { return track_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  void send_frame() {
    for (std::size_t i = 0; i < packets_of_a_frame_; ++i) {
      auto payload = std::make_shared<std::vector<std::uint8_t>>(size_, std::uint8_t{1});
      (*payload)[0] = i == 0 ? 0x10 : 0x00;
      if (i == 0 && key_) {
        constexpr std::array<std::uint8_t, 11> kKey{0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01};
        std::ranges::copy(kKey, payload->begin());
        key_ = false;
      }
      packet_.payload = *payload;
      packet_.owner = std::move(payload);
      packet_.marker = i + 1 == packets_of_a_frame_;
      track_->write(packet_);
      ++packet_.sequenceNumber;
      ++packets_;
    }
    packet_.timestamp += 90000 / kFramesPerSecond;
  }

 private:
  std::shared_ptr<MediaStreamTrack> track_;
  std::size_t size_, packets_of_a_frame_ = 1;
  bool key_ = true;
  RTCRtpPacket packet_{.mimeType = "video/VP8", .synchronizationSource = 1};
  std::uint64_t packets_ = 0;
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void connect_all(Side& side, const Film& film, const Counters& counters, std::vector<EndPtr>& ends) {
  constexpr std::size_t kTogether = 20;
  const auto deadline = Clock::now() + 120s;
  const auto wait_for = [&](std::size_t connected) {
    while (counters.connected < connected) {
      if (Clock::now() > deadline) throw std::runtime_error("the receivers do not connect");
      std::this_thread::sleep_for(2ms);
    }
  };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    wait_for(i < kTogether ? 0 : i - kTogether + 1);
    side.loop()->run([&] {
      ends[i] = side.make(i);
      (void)ends[i]->connection.addTrack(film.track());
      offer(ends[i]).then([] {}, [](const std::exception_ptr&) {});
    });
  }
  wait_for(ends.size());
}

void send(const CommandLine& line, Wire& wire, const Counters& counters) {
  Side side(line, wire);
  Film film(line, side.loop());
  std::vector<EndPtr> ends(line.count("receivers"));
  std::thread reader([&] {
    wire.read([&](std::size_t index, const Signal& signal) {
      side.loop()->post([&, index, signal] { Side::accept(ends.at(index), signal); });
    });
  });
  connect_all(side, film, counters, ends);

  std::uint64_t frames = 0;
  auto begin = Clock::now();
  const auto play_until = [&](double seconds) {
    for (;;) {
      const auto due = begin + std::chrono::duration<double>(static_cast<double>(frames) / kFramesPerSecond);
      if (due > begin + std::chrono::duration<double>(seconds)) return;
      std::this_thread::sleep_until(due);
      side.loop()->run([&] { film.send_frame(); });
      ++frames;
    }
  };
  const auto arrived = [&] {
    std::uint64_t sum = 0;
    for (const auto& count : counters.packets) sum += count;
    return sum;
  };
  // Until all that was sent has come, or nothing comes any more.
  const auto settle = [&] {
    const std::uint64_t all = film.packets() * ends.size();
    for (std::uint64_t before = arrived(), quiet = 0; before < all && quiet < 50; ++quiet) {
      std::this_thread::sleep_for(2ms);
      const std::uint64_t now = arrived();
      if (now != std::exchange(before, now)) quiet = 0;
    }
  };
  const double warmup = line.number("warmup");
  play_until(warmup);
  const auto paused = Clock::now();
  settle();
  const auto since = Clock::now();
  begin += since - paused;
  const std::uint64_t sent = film.packets(), received = arrived();
  const double processor = processor_seconds();
  print_line("mark", "start");
  play_until(warmup + line.number("seconds"));
  print_line("mark", "end");
  const double used = processor_seconds() - processor;
  const double seconds = std::chrono::duration<double>(Clock::now() - since).count();
  settle();
  const double all = static_cast<double>((film.packets() - sent) * ends.size());
  const double came = static_cast<double>(arrived() - received);
  print_line("result", {{"receivers", ends.size()},
                        {"packets_per_second", all / seconds},
                        {"lost", 1 - came / all},
                        {"core", used / seconds},
                        {"micros_per_packet", used * 1e6 / all}});
  side.loop()->run([&] { ends.clear(); });
  wire.close();
  reader.join();
}

}  // namespace

void fanout(const CommandLine& line) {
  void* const memory = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::array<int, 2> sockets{};
  if (memory == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) != 0)
    throw std::runtime_error("no memory or socket to share");
  Counters& counters = *new (memory) Counters;
  const pid_t receiver = fork();
  if (receiver < 0) throw std::runtime_error("no second process");
  Wire wire(sockets[receiver == 0 ? 1 : 0]);
  ::close(sockets[receiver == 0 ? 0 : 1]);
  if (receiver == 0) receive(line, wire, counters);
  send(line, wire, counters);
  waitpid(receiver, nullptr, 0);
}

}  // namespace parley::bench
