#include "ice/core.hpp"
#include "parley/event_loop.hpp"

namespace parley::ice {
namespace {

/// A TURN server that is gone is asked three times within two seconds to give the allocation back.
constexpr Duration kGiveUp = 5s;

}  // namespace

void Agent::Core::close() {
  if (closed_) return;
  flush();
  closed_ = true;
  state_ = State::Closed;
  for (Timer* timer : {&checks_timer_, &paths_timer_, &watchdog_, &retry_, &stun_timer_, &mapping_timer_, &quiet_timer_,
                       &relays_timer_})
    timer->cancel();
  batch_.clear();
  // We may be inside a callback of a socket's or of libnice's.
  reactor_.post([core = self_.lock()] { core->teardown(); });
}

void Agent::Core::teardown() {
  direct_.reset();
  hosts_.clear();
  servers_.clear();
  resolver_.reset();
  nice_->close([this] { reactor_.post([core = self_.lock()] { core->nice_.reset(); }); });
  reactor_.owner->after(kGiveUp, [core = self_.lock()] { core->nice_.reset(); });
}

void Agent::Core::forget() {
  reactor_.post([core = self_.lock()] {
    core->local_candidates_ = {};
    core->remote_candidates_ = {};
    core->errors_ = {};
    core->early_candidates_ = {};
    core->left_pairs_ = {};
    core->pair_.reset();
    core->paths_ = Paths(false);
  });
}

}  // namespace parley::ice
