#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "ice/mark.hpp"

namespace parley::ice {

/// Packets waiting to leave, one after the other in one buffer, in runs of equally long ones of the same mark (the last
/// of a run may be shorter): what UDP segmentation offload takes in one call. The buffer is borrowed from the thread
/// while there is something to send, so an idle batch costs nothing.
class SendBatch {
 public:
  struct Run {
    std::uint32_t offset;
    std::uint32_t size;
    std::uint16_t segment;
    std::uint16_t count;
    Mark mark;
  };
  /// The kernel takes 64 segments (UDP_MAX_SEGMENTS) and one IP packet's worth of bytes.
  static constexpr std::size_t kMaxSegments = 64;
  static constexpr std::size_t kMaxRunBytes = 64000;
  static constexpr std::size_t kMaxPacket = 65507;

  /// False, and nothing is kept, when the batch would grow above `limit` bytes.
  bool push(ByteView packet, std::size_t limit, Mark mark = {});
  [[nodiscard]] bool empty() const { return first_ == runs_.size(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::span<const Run> runs() const { return std::span(runs_).subspan(first_); }
  [[nodiscard]] ByteView bytes(const Run& run) const { return ByteView(bytes_).subspan(run.offset, run.size); }
  /// The packets of `run`, into `out`, which is cleared first.
  void split(const Run& run, std::vector<ByteView>& out) const;
  /// The first `runs` of runs() have left.
  void pop(std::size_t runs);
  /// The first `packets` of the first run have left, and others of it have not.
  void trim(std::size_t packets);
  void clear();

 private:
  void borrow();
  void give_back();

  Bytes bytes_;
  std::vector<Run> runs_;
  std::size_t first_ = 0;
};

}  // namespace parley::ice
