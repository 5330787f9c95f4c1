#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "parley/export.hpp"
#include "parley/signaling_channel.hpp"

namespace parley {

namespace channels {
class Lines;
}

/// A signaling channel over two file descriptors: one JSON text per line each way. Two programs whose standard input
/// and output are cross-connected find each other with it. The end of the input closes the channel.
///
/// The descriptors belong to the channel, which closes them when it closes; standard input, output and error stay open.
/// They are used as they are, blocking or not. Needs the component `signaling`.
class PARLEY_EXPORT StdioSignalingChannel final : public SignalingChannel {
 public:
  /// What a channel reads and writes.
  struct Descriptors {
    /// Is read.
    int in = 0;
    /// Is written.
    int out = 1;
  };
  /// Lines that the reader has not taken yet.
  static constexpr std::size_t kMaxQueuedBytes = 4 << 20;

  /// Over standard input and output.
  explicit StdioSignalingChannel(std::shared_ptr<EventLoop> loop = nullptr);
  /// Over any two descriptors, which may be the same socket.
  explicit StdioSignalingChannel(Descriptors descriptors, std::shared_ptr<EventLoop> loop = nullptr);
  /// As close(); what the reader does not take at once is lost.
  ~StdioSignalingChannel() override;

  /// Throws InvalidStateError once closed, OperationError when more than kMaxQueuedBytes would be queued.
  void send(const nlohmann::json& message) override;
  /// What was sent before is still written, as long as the loop lives and the reader reads.
  void close() override;

 private:
  std::shared_ptr<channels::Lines> lines_;
};

}  // namespace parley
