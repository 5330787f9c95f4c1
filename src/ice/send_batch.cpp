#include "ice/send_batch.hpp"

#include <algorithm>
#include <utility>

namespace parley::ice {
namespace {

constexpr std::size_t kUsualBytes = 65536;
constexpr std::size_t kUsualRuns = 64;
constexpr std::size_t kMaxSpare = 4;

struct Spare {
  Bytes bytes;
  std::vector<SendBatch::Run> runs;
};
thread_local std::vector<Spare> spare;

}  // namespace

void SendBatch::borrow() {
  if (spare.empty()) {
    bytes_.reserve(kUsualBytes);
    runs_.reserve(kUsualRuns);
    return;
  }
  bytes_ = std::move(spare.back().bytes);
  runs_ = std::move(spare.back().runs);
  spare.pop_back();
}

void SendBatch::give_back() {
  Spare own{std::exchange(bytes_, {}), std::exchange(runs_, {})};
  own.bytes.clear();
  own.runs.clear();
  if (spare.size() < kMaxSpare && own.bytes.capacity() == kUsualBytes) spare.push_back(std::move(own));
}

bool SendBatch::push(ByteView packet, std::size_t limit, Mark mark) {
  if (packet.empty() || packet.size() > kMaxPacket || bytes_.size() + packet.size() > limit) return false;
  if (bytes_.capacity() == 0) borrow();
  const auto offset = static_cast<std::uint32_t>(bytes_.size());
  const auto size = static_cast<std::uint16_t>(packet.size());
  bytes_.insert(bytes_.end(), packet.begin(), packet.end());
  if (!empty()) {
    Run& last = runs_.back();
    const bool all_full = last.size == static_cast<std::uint32_t>(last.segment) * last.count;
    if (all_full && size <= last.segment && last.mark == mark && last.count < kMaxSegments &&
        last.size + size <= kMaxRunBytes) {
      last.size += size;
      ++last.count;
      return true;
    }
  }
  runs_.push_back({offset, size, size, 1, mark});
  return true;
}

void SendBatch::split(const Run& run, std::vector<ByteView>& out) const {
  out.clear();
  for (ByteView rest = bytes(run); !rest.empty(); rest = rest.subspan(std::min<std::size_t>(run.segment, rest.size())))
    out.push_back(rest.first(std::min<std::size_t>(run.segment, rest.size())));
}

void SendBatch::pop(std::size_t runs) {
  first_ += runs;
  if (empty()) clear();
}

void SendBatch::trim(std::size_t packets) {
  Run& run = runs_[first_];
  const auto bytes = static_cast<std::uint32_t>(packets * run.segment);
  run.offset += bytes;
  run.size -= bytes;
  run.count = static_cast<std::uint16_t>(run.count - packets);
}

void SendBatch::clear() {
  first_ = 0;
  if (bytes_.capacity() != 0) give_back();
}

}  // namespace parley::ice
