// Ctrl-C as something that a program waits for, instead of its sudden end: the other side is told.
#pragma once

#include <unistd.h>

#include <csignal>
#include <parley/errors.hpp>
#include <parley/promise.hpp>
#include <thread>

class Interrupt {
 public:
  /// To be made before the first event loop: threads inherit it.
  Interrupt() {
    sigemptyset(&signals_);
    for (const int each : {SIGINT, SIGTERM}) sigaddset(&signals_, each);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void wait() const {
    int which = 0;
    sigwait(&signals_, &which);
  }
  /// Until then, or until standard input ends.
  void wait_or_end_of_input() const {
    std::thread([] {
      char ignored[256];
      while (read(STDIN_FILENO, ignored, sizeof ignored) > 0) {
      }
      kill(getpid(), SIGTERM);
    }).detach();
    wait();
  }
  void rejects(const parley::PromiseResolver<void>& finished) const {
    std::thread([self = *this, finished] {
      self.wait();
      finished.reject(parley::AbortError("interrupted"));
    }).detach();
  }

 private:
  sigset_t signals_;
};
