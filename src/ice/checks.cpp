#include "ice/checks.hpp"

#include <utility>

namespace parley::ice {

void Checks::begin(TimePoint now) {
  if (!began_) began_ = now;
}

void Checks::progress(Progress progress, TimePoint now) {
  progress_ = progress;
  if (was_connected_) {
    if (progress == Progress::Failed && !failed_) lose_consent(now);
    return;
  }
  if (progress == Progress::Connected || progress == Progress::Ready) was_connected_ = true;
  if (progress != Progress::Idle && progress != Progress::Failed) failed_ = false;  // a late candidate
  advance(now);
}

void Checks::lose_consent(TimePoint now) {
  renewal_ = true;
  const bool silent = !last_heard_ || *last_heard_ + times_.alive < now;
  lost_ = Lost{.since = lost_ ? lost_->since : now, .renewed = now, .silent = silent};
}

bool Checks::heard(TimePoint now) {
  last_heard_ = now;
  return lost_ && std::exchange(lost_->silent, false);
}

TimePoint Checks::patience_ends() const {
  const bool nobody_else = local_complete_ && remote_complete_;
  if (nobody_else && !any_local_) return *began_;
  return *began_ + (nobody_else ? times_.patience : times_.trickle_patience);
}

void Checks::advance(TimePoint now) {
  if (lost_ && !failed_) {
    if (now >= lost_->renewed + times_.renewed) {
      lost_.reset();
    } else if (now >= lost_->since + times_.consent) {
      failed_ = true;
    }
  }
  // Later candidates may send libnice back to checking for a while: that is not shown.
  if (progress_ == Progress::Ready && local_complete_ && remote_complete_) concluded_ = true;
  const bool nothing_left = progress_ == Progress::Idle || progress_ == Progress::Failed;
  if (!was_connected_ && began_ && nothing_left && now >= patience_ends()) failed_ = true;
}

std::optional<TimePoint> Checks::next_deadline() const {
  if (failed_) return std::nullopt;
  if (lost_) return std::min(lost_->renewed + times_.renewed, lost_->since + times_.consent);
  const bool nothing_left = progress_ == Progress::Idle || progress_ == Progress::Failed;
  if (!was_connected_ && began_ && nothing_left) return patience_ends();
  return std::nullopt;
}

bool Checks::take_renewal() { return std::exchange(renewal_, false); }

State Checks::state() const {
  if (failed_) return State::Failed;
  if (lost_ && lost_->silent) return State::Disconnected;
  if (was_connected_) return concluded_ ? State::Completed : State::Connected;
  return progress_ == Progress::Idle ? State::New : State::Checking;
}

}  // namespace parley::ice
