#pragma once

#include <memory>

#include "base/reactor.hpp"

typedef struct _GMainContext GMainContext;  // NOLINT: GLib's own name

namespace parley {

/// Where a loop gets its turns from. Destroying it ends them: afterwards nothing of the loop runs or is left, unless
/// the calling thread is inside the loop, which then ends when that thread leaves it.
class LoopHost {
 public:
  LoopHost() = default;
  virtual ~LoopHost() = default;
  LoopHost(const LoopHost&) = delete;
  LoopHost& operator=(const LoopHost&) = delete;
  /// The calling thread is the loop's, though perhaps outside a turn.
  [[nodiscard]] virtual bool is_here() const { return false; }
  /// Makes the calling thread the loop's until leave(), if that can be done at once.
  virtual bool enter() { return false; }
  virtual void leave() {}
};

/// A thread of its own. Throws OperationError when the system gives none.
std::unique_ptr<LoopHost> make_thread_host(const std::shared_ptr<Reactor>& reactor);
/// The caller's main context.
std::unique_ptr<LoopHost> make_context_host(const std::shared_ptr<Reactor>& reactor, GMainContext* context);

}  // namespace parley
