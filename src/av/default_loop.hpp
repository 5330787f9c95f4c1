#pragma once

#include <memory>

#include "parley/event_loop.hpp"

namespace parley::av {

/// `wanted`, else the current loop, else the shared one.
inline std::shared_ptr<EventLoop> default_loop(const std::shared_ptr<EventLoop>& wanted) {
  if (wanted) return wanted;
  EventLoop* const here = EventLoop::current();
  return here != nullptr ? here->shared_from_this() : EventLoop::shared();
}

}  // namespace parley::av
