#include "parley/signaling_channel.hpp"

namespace parley {
namespace {

class PairedChannel final : public SignalingChannel {
 public:
  using SignalingChannel::SignalingChannel;
  ~PairedChannel() override {
    if (const auto other = other_.lock()) other->closed();
  }
  void send(const nlohmann::json& message) override {
    if (state() == State::Closed) throw InvalidStateError("the signaling channel is closed");
    if (const auto other = other_.lock()) other->received(message);
  }
  void close() override {
    closed(ClosedBy::Us);
    if (const auto other = other_.lock()) other->closed();
  }
  static void join(const std::shared_ptr<PairedChannel>& a, const std::shared_ptr<PairedChannel>& b) {
    a->other_ = b;
    b->other_ = a;
    a->opened();
    b->opened();
  }

 private:
  std::weak_ptr<PairedChannel> other_;
};

}  // namespace

std::pair<std::shared_ptr<SignalingChannel>, std::shared_ptr<SignalingChannel>> make_signaling_pair(
    const std::shared_ptr<EventLoop>& first_loop, const std::shared_ptr<EventLoop>& second_loop) {
  auto first = std::make_shared<PairedChannel>(first_loop);
  auto second = std::make_shared<PairedChannel>(second_loop);
  PairedChannel::join(first, second);
  return {first, second};
}

}  // namespace parley
