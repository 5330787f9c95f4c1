#include "ice/interfaces.hpp"

#include <gtest/gtest.h>

namespace parley::ice {
namespace {

std::vector<std::string> choose(const std::vector<std::pair<std::string, std::string>>& found,
                                Loopback loopback = Loopback::IfAlone,
                                const std::function<bool(std::string_view, std::string_view)>& allow = {}) {
  std::vector<InterfaceAddress> list;
  for (const auto& [name, address] : found) list.push_back({name, *SocketAddress::parse(address, 0)});
  std::vector<std::string> out;
  for (const SocketAddress& address : choose_addresses(list, loopback, allow)) out.push_back(address.address());
  return out;
}
using List = std::vector<std::string>;

TEST(IceInterfaces, LinkLocalAndDuplicateAddressesAreLeftOut) {
  EXPECT_EQ(choose({{"eth0", "192.0.2.2"},
                    {"eth0", "fe80::1"},
                    {"eth1", "169.254.7.7"},
                    {"eth2", "192.0.2.2"},
                    {"eth0", "2001:db8::2"}}),
            (List{"192.0.2.2", "2001:db8::2"}));
}

TEST(IceInterfaces, LoopbackIsForThoseWithNothingElseOrWhoAsk) {
  EXPECT_EQ(choose({{"lo", "127.0.0.1"}, {"eth0", "192.0.2.2"}}), List{"192.0.2.2"});
  EXPECT_EQ(choose({{"lo", "127.0.0.1"}, {"lo", "::1"}}), (List{"127.0.0.1", "::1"}));
  EXPECT_EQ(choose({{"lo", "127.0.0.1"}}, Loopback::Never), List{});
  EXPECT_EQ(choose({{"lo", "127.0.0.1"}, {"eth0", "192.0.2.2"}}, Loopback::Always), (List{"192.0.2.2", "127.0.0.1"}));
}

TEST(IceInterfaces, BridgesToContainersAreTheLastResort) {
  EXPECT_EQ(choose({{"docker0", "172.17.0.1"}, {"eth0", "192.0.2.2"}}), List{"192.0.2.2"});
  EXPECT_EQ(choose({{"veth1a2b", "10.0.0.1"}, {"lo", "127.0.0.1"}}), List{"10.0.0.1"});
}

TEST(IceInterfaces, TheFilterDecidesFirst) {
  const auto only_eth1 = [](std::string_view name, std::string_view) { return name == "eth1"; };
  EXPECT_EQ(choose({{"eth0", "192.0.2.2"}, {"eth1", "192.0.2.3"}}, Loopback::IfAlone, only_eth1), List{"192.0.2.3"});
}

TEST(IceInterfaces, ThisMachineHasALoopback) {
  const auto list = list_interface_addresses();
  EXPECT_TRUE(std::any_of(list.begin(), list.end(), [](const auto& entry) { return entry.address.is_loopback(); }));
}

}  // namespace
}  // namespace parley::ice
