#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ice/address.hpp"
#include "ice/agent.hpp"

namespace parley::ice {

/// An address of this machine, as found: of an interface that is up.
struct InterfaceAddress {
  std::string interface;
  SocketAddress address;
};

/// What the operating system says now.
std::vector<InterfaceAddress> list_interface_addresses();

/// Which of them give candidates: no link-local and no duplicate ones; addresses of bridges to virtual machines and
/// containers on this host only if there is nothing else; loopback as asked for. In the order of preference.
std::vector<SocketAddress> choose_addresses(
    const std::vector<InterfaceAddress>& found, Loopback loopback,
    const std::function<bool(std::string_view interface_name, std::string_view address)>& allow);

}  // namespace parley::ice
