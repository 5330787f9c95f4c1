#include "base/shared_bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace parley {
namespace {

using Owner = std::shared_ptr<const std::uint8_t[]>;

bool holds(const Owner& owner, const Bytes& bytes) { return std::equal(bytes.begin(), bytes.end(), owner.get()); }

TEST(SharedBytes, AreWhatWasCopied) {
  for (const std::size_t size : {0U, 1U, 1200U, 1500U, 2047U, 2048U, 65535U}) {
    const Bytes bytes(size, static_cast<std::uint8_t>(size));
    EXPECT_TRUE(holds(share(bytes), bytes)) << size;
  }
}

TEST(SharedBytes, StayAsLongAsSomebodyOwnsThem) {
  std::vector<Owner> owners;
  for (int i = 0; i < 500; ++i) owners.push_back(share(Bytes(1200, static_cast<std::uint8_t>(i))));
  for (std::size_t i = 0; i < owners.size(); i += 2) owners[i].reset();  // their memory is used again
  for (int i = 0; i < 500; ++i) owners.push_back(share(Bytes(1200, 0xFF)));
  for (std::size_t i = 1; i < 500; i += 2) EXPECT_TRUE(holds(owners[i], Bytes(1200, static_cast<std::uint8_t>(i))));
}

TEST(SharedBytes, MayBeGivenBackByAnotherThreadAndAtTheEndOfOne) {
  std::vector<Owner> owners;
  std::thread([&] {
    for (int i = 0; i < 300; ++i) owners.push_back(share(Bytes(1200, static_cast<std::uint8_t>(i))));
  }).join();
  EXPECT_TRUE(holds(owners.back(), Bytes(1200, static_cast<std::uint8_t>(299))));
  std::thread([owners = std::move(owners)]() mutable {
    static thread_local Owner last;  // made before the thread keeps memory, and so destroyed after that
    last = owners.back();
    owners.clear();
    EXPECT_TRUE(holds(share(Bytes(10, 3)), Bytes(10, 3)));
  }).join();
}

}  // namespace
}  // namespace parley
