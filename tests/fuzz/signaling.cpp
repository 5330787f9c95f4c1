// What a signaling channel is sent: any text is a message, an error event or nothing, and a description or candidate
// that was read is written as it was.
#include <cstdlib>
#include <optional>

#include "base/bytes.hpp"
#include "parley/errors.hpp"
#include "parley/signaling_channel.hpp"

namespace {

using namespace parley;

void check(bool condition) {
  if (!condition) std::abort();
}

class TextChannel final : public SignalingChannel {
 public:
  using SignalingChannel::received;
  using SignalingChannel::SignalingChannel;
  void send(const nlohmann::json&) override {}
  void close() override { closed(ClosedBy::Us); }
};

/// Nothing for what is not of T's form, which only TypeError may say.
template <class T>
std::optional<T> read(const nlohmann::json& message) try {
  return message.get<T>();
} catch (const TypeError&) {
  return std::nullopt;
}

template <class T>
void round_trip(const nlohmann::json& message) {
  const std::optional<T> value = read<T>(message);
  if (!value) return;
  const nlohmann::json written = *value;
  check(nlohmann::json(read<T>(written).value()) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<EventLoop> loop = EventLoop::create();
  int messages = 0, errors = 0;
  const auto channel = loop->run([&] {
    auto made = std::make_unique<TextChannel>(loop);
    made->onmessage = [&](const nlohmann::json& message) {
      ++messages;
      round_trip<RTCSessionDescriptionInit>(message);
      round_trip<RTCIceCandidateInit>(message);
      static_cast<void>(message.dump());
    };
    made->onerror = [&](const SignalingErrorEvent& error) {
      ++errors;
      check(!error.message.empty());
    };
    made->received(as_text({data, size}));
    return made;
  });
  // Each event is a task of its own, posted by the one before.
  for (int turn = 0; turn < 4; ++turn) loop->run([] {});
  loop->run([&] { check(messages + errors == 1); });
  return 0;
}
