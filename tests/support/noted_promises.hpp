#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <vector>

#include "support/pair.hpp"

namespace parley::test {

/// Two connections, and what happens in which order.
class NotedPromises : public testing::Test {
 protected:
  /// Writes down how the promise is settled.
  template <class T>
  void note(const Promise<T>& promise, const std::string& what) {
    (void)promise.then([this, what] { events.push_back(what); },
                       [this, what](std::exception_ptr error) { events.push_back(what + " " + name_of(error)); });
  }
  static std::string name_of(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const Exception& exception) {
      return exception.name();
    } catch (...) {
      return "something else";
    }
  }

  std::vector<std::string> events;
  Pair pair;
  RTCPeerConnection &pc = pair.offerer, &other = pair.answerer;
};

}  // namespace parley::test
