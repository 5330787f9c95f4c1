#pragma once

#include <memory>

#include "parley/event_loop.hpp"

namespace parley::av {

/// `wanted`, else the current loop, else the shared one.
inline std::shared_ptr<EventLoop> default_loop(const std::shared_ptr<EventLoop>& wanted) {
  if (wanted) return wanted;
  EventLoop* const here = EventLoop::current();
  const auto current = here != nullptr ? here->weak_from_this().lock() : nullptr;  // it may be about to end
  return current ? current : EventLoop::shared();
}

}  // namespace parley::av
