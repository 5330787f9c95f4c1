#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/reactor.hpp"

namespace parley {

/// A reactor whose turns the test takes itself, on its own thread.
class ReactorTest : public testing::Test {
 protected:
  UniqueFunction<void()> say(std::string what) {
    return [this, what = std::move(what)] { said.push_back(what); };
  }
  void turn() { reactor->turn(false); }

  std::shared_ptr<Reactor> reactor = std::make_shared<Reactor>();
  std::vector<std::string> said;
  const TimePoint past = Clock::now() - 1s;
};

}  // namespace parley
