#pragma once

#include <exception>
#include <optional>

#include "api/peer.hpp"
#include "base/reactor.hpp"

/// The operations chain: webrtc-pc section 4.4.1.2.
namespace parley::api {

template <class T>
void settle(const PromiseResolver<T>& done, Result<T> result) {
  if (!result) {
    done.reject(to_exception(result.error()));
  } else if constexpr (std::is_void_v<T>) {
    done.resolve();
  } else {
    done.resolve(*std::move(result));
  }
}

/// An operation's turn: it settles `done`, and the next operation follows whatever it throws.
template <class T, class F>
void Peer::perform(const PromiseResolver<T>& done, F& operation) {
  std::optional<Result<T>> result;
  std::exception_ptr thrown;
  try {
    result.emplace(operation());
  } catch (...) {
    thrown = std::current_exception();
  }
  if (closed_) return;  // by a handler; close() has rejected the promise
  // Before the program's own reactions to the promise, as ours was attached first (step 6).
  loop_->reactor().microtask([self = shared_from_this()] { self->operation_finished(); });
  if (thrown) return done.reject(thrown);
  settle(done, *std::move(result));
}

/// webrtc-pc "chain an operation to a connection's operations chain". `check` is what refuses an operation where it
/// begins, which is at once if nothing stands before it; the rest runs as a task of its own and settles `done` there.
template <class T, class Check, class F>
void Peer::chain(const PromiseResolver<T>& done, Check check, F operation) {
  if (closed_) {  // step 2
    done.reject(InvalidStateError("the connection is closed"));
    return;
  }
  operations_.push_back(
      {.start =
           [this, done, check = std::move(check), operation = std::move(operation)]() mutable {
             if (Result<void> begun = check(); !begun) {
               loop_->reactor().microtask([self = shared_from_this()] { self->operation_finished(); });
               return done.reject(to_exception(begun.error()));
             }
             when_parameters_are_set(
                 [this, done, operation = std::move(operation)]() mutable { perform(done, operation); });
           },
       .abort = [done](std::exception_ptr error) { done.reject(std::move(error)); }});
  if (operations_.size() == 1) start_operation();  // step 5
}

template <class T, class F>
void Peer::chain(const PromiseResolver<T>& done, F operation) {
  chain(
      done, [] { return Result<void>(); }, std::move(operation));
}

}  // namespace parley::api
