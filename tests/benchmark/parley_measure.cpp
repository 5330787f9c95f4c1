#include "parley_measure.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

namespace parley::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kHigh = 1 << 20;
constexpr std::size_t kLow = 512 << 10;

Clock::duration seconds(double value) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}

double micros_since(Clock::time_point before) {
  return std::chrono::duration<double, std::micro>(Clock::now() - before).count();
}

void keep_full(const Channel& channel, std::size_t size) {
  const auto fill = [weak = std::weak_ptr(channel), message = std::vector<std::uint8_t>(size, 7)] {
    const auto strong = weak.lock();
    while (strong && strong->bufferedAmount() < kHigh) strong->send(message);
  };
  channel->bufferedAmountLowThreshold(kLow);
  channel->onbufferedamountlow = fill;
  fill();
}

struct Count {
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> messages{0};
};

void count_messages(const CommandLine& line, const Channel& channel, const Count& count,
                    const Promise<void>& first_message) {
  first_message.get();
  std::this_thread::sleep_for(seconds(line.number("warmup")));
  const std::uint64_t bytes = count.bytes;
  const std::uint64_t messages = count.messages;
  const auto before = Clock::now();
  print_line("mark", "start");
  std::this_thread::sleep_for(seconds(line.number("seconds")));
  print_line("mark", "end");
  print_line("result", {{"bytes", count.bytes - bytes},
                        {"messages", count.messages - messages},
                        {"seconds", micros_since(before) / 1e6}});
  channel->onmessage = nullptr;
}

/// Pairs being connected, some at a time.
class Connector {
 public:
  Connector(const Rig& rig, std::size_t together) : shared_(std::make_shared<Shared>(rig, together)) {}

  /// Connects `count` pairs and waits for them until the deadline.
  void run(std::size_t count, Clock::time_point deadline) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!shared_->free.try_acquire_until(deadline)) return;
      connect(shared_);
    }
    for (std::size_t i = 0; i < count; ++i)
      if (!shared_->done.try_acquire_until(deadline)) return;
  }
  [[nodiscard]] std::vector<double> times() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->millis;
  }
  std::pair<std::vector<Pair>, std::vector<double>> take() {
    const std::lock_guard lock(shared_->mutex);
    return {std::exchange(shared_->pairs, {}), std::exchange(shared_->millis, {})};
  }

 private:
  /// A connection that comes too late still finds this.
  struct Shared {
    Shared(const Rig& where, std::size_t together) : rig(where), free(static_cast<std::ptrdiff_t>(together)) {}
    Rig rig;
    std::counting_semaphore<> free;
    std::counting_semaphore<> done{0};
    std::mutex mutex;
    std::vector<Pair> pairs;
    std::vector<double> millis;
  };
  static Promise<void> connect(std::shared_ptr<Shared> shared) {
    const auto before = Clock::now();
    const RTCDataChannelInit init;  // not inside the co_await: see RTCSessionDescriptionInit
    Pair pair = co_await connect_pair(shared->rig, init);
    {
      const std::lock_guard lock(shared->mutex);
      shared->millis.push_back(micros_since(before) / 1000);
      shared->pairs.push_back(std::move(pair));
    }
    shared->free.release();
    shared->done.release();
  }

  std::shared_ptr<Shared> shared_;
};

/// Sends the next message when the last one is back, all on the sender's loop.
class Pinger {
 public:
  Pinger(const CommandLine& line, Channel channel)
      : channel_(std::move(channel)), message_(line.count("size"), 7), skip_(line.count("warmup")) {
    micros_.reserve(line.count("trips"));
  }
  std::vector<double> run() {
    channel_->onmessage = [this] { back(); };
    send();
    finished_.promise().get();
    channel_->onmessage = nullptr;
    return std::move(micros_);
  }

 private:
  void send() {
    before_ = Clock::now();
    channel_->send(message_);
  }
  void back() {
    if (skip_ > 0) {
      if (--skip_ == 0) print_line("mark", "start");
    } else {
      micros_.push_back(micros_since(before_));
    }
    if (micros_.size() < micros_.capacity()) return send();
    print_line("mark", "end");
    finished_.resolve();
  }

  Channel channel_;
  std::vector<std::uint8_t> message_;
  std::size_t skip_;
  std::vector<double> micros_;
  Clock::time_point before_;
  PromiseResolver<void> finished_;
};

}  // namespace

RTCDataChannelInit channel_init(bool reliable) {
  if (reliable) return {};
  return {.ordered = false, .maxRetransmits = std::uint16_t{0}};
}

void flow(const CommandLine& line, const Ends& ends) {
  const auto count = std::make_shared<Count>();
  PromiseResolver<void> first;
  if (ends.receiver)
    ends.receiver->onmessage = [count, first](const MessageEvent& event) {
      count->bytes.fetch_add(event.bytes().size(), std::memory_order_relaxed);
      if (count->messages.fetch_add(1, std::memory_order_relaxed) == 0) first.resolve();
    };
  if (ends.sender) keep_full(ends.sender, line.count("size"));
  if (ends.receiver) count_messages(line, ends.receiver, *count, first.promise());
}

void roundtrip(const CommandLine& line, const Ends& ends) {
  if (ends.receiver)
    ends.receiver->onmessage = [weak = std::weak_ptr(ends.receiver)](const MessageEvent& event) {
      if (const auto channel = weak.lock()) channel->send(event.bytes());
    };
  if (ends.sender) print_line("result", {{"micros", Pinger(line, ends.sender).run()}});
}

namespace {

/// Connects all pairs; the answer is when each was connected, in milliseconds.
std::vector<double> set_up_together(const CommandLine& line, Connector& connector) {
  connector.run(line.count("pairs"), Clock::now() + seconds(line.number("deadline")));
  return connector.times();
}

/// Connects one pair after the other, each closed before the next begins.
std::vector<double> set_up_in_turn(const CommandLine& line, Connector& connector) {
  std::vector<double> millis;
  for (std::size_t i = 0; i < line.count("pairs"); ++i) {
    connector.run(1, Clock::now() + seconds(line.number("deadline")));
    const auto connected = connector.take();
    millis.insert(millis.end(), connected.second.begin(), connected.second.end());
  }
  return millis;
}

}  // namespace

void setup(const CommandLine& line) {
  const Rig rig(line);
  Connector warm(rig, 1);
  warm.run(line.count("warmup"), Clock::now() + seconds(line.number("deadline")));
  warm.take();
  Connector connector(rig, line.count("together"));
  const auto before = Clock::now();
  print_line("mark", "start");
  const auto millis = line.count("together") > 1 ? set_up_together(line, connector) : set_up_in_turn(line, connector);
  const double elapsed = micros_since(before) / 1e6;
  print_line("mark", "end");
  print_line("result", {{"millis", millis}, {"seconds", elapsed}, {"pairs", line.count("pairs")}});
}

std::shared_ptr<void> idle(const CommandLine& line) {
  const Rig rig(line);
  connect_pair(rig, {}).get();
  std::this_thread::sleep_for(seconds(0.2));
  print_line("mark", "start");
  const auto connector = std::make_shared<Connector>(rig, 20);
  connector->run(line.count("pairs"), Clock::now() + seconds(line.number("deadline")));
  print_line("mark", "ready");
  const auto kept = std::make_shared<std::vector<Pair>>(connector->take().first);
  print_line("result", {{"connected", kept->size()}});
  return std::make_shared<std::pair<std::shared_ptr<Connector>, std::shared_ptr<std::vector<Pair>>>>(connector, kept);
}

}  // namespace parley::bench
