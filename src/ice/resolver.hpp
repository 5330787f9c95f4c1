#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/reactor.hpp"

namespace parley::ice {

/// Looks up names without blocking the loop.
class Resolver {
 public:
  /// Literals in the system's order of preference; empty: the name has no address.
  using Answer = std::function<void(std::vector<std::string> addresses)>;

  explicit Resolver(Reactor& reactor);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `answer` comes on the loop, never from inside, and not after the Resolver's end.
  void look_up(const std::string& name, Answer answer);

 private:
  class Lookups;
  std::shared_ptr<Lookups> lookups_;
};

}  // namespace parley::ice
