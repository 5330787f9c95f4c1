#include "ice/interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>

namespace parley::ice {
namespace {

enum class Kind { Usual, Virtual, Loopback };

Kind kind_of(const InterfaceAddress& entry) {
  if (entry.address.is_loopback()) return Kind::Loopback;
  static constexpr std::string_view kVirtual[] = {"docker", "veth", "virbr", "vnet"};
  for (const std::string_view prefix : kVirtual)
    if (entry.interface.starts_with(prefix)) return Kind::Virtual;
  return Kind::Usual;
}

}  // namespace

std::vector<InterfaceAddress> list_interface_addresses() {
  std::vector<InterfaceAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0 || (entry->ifa_flags & IFF_RUNNING) == 0)
      continue;
    const bool v6 = entry->ifa_addr->sa_family == AF_INET6;
    const SocketAddress address(entry->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    if (address) found.push_back({entry->ifa_name, address});
  }
  freeifaddrs(list);
  return found;
}

std::vector<SocketAddress> choose_addresses(const std::vector<InterfaceAddress>& found, Loopback loopback,
                                            const std::function<bool(std::string_view, std::string_view)>& allow) {
  std::vector<SocketAddress> usual, fallback, local;
  for (const InterfaceAddress& entry : found) {
    const std::string text = entry.address.address();
    const auto plain = SocketAddress::parse(text, 0);
    if (!plain || plain->is_link_local() || plain->is_unspecified()) continue;
    if (allow && !allow(entry.interface, text)) continue;
    const Kind kind = kind_of(entry);
    auto& list = kind == Kind::Usual ? usual : kind == Kind::Virtual ? fallback : local;
    if (std::find(list.begin(), list.end(), *plain) == list.end()) list.push_back(*plain);
  }
  if (usual.empty()) usual = std::move(fallback);
  const bool with_loopback = loopback == Loopback::Always || (loopback == Loopback::IfAlone && usual.empty());
  if (with_loopback) usual.insert(usual.end(), local.begin(), local.end());
  return usual;
}

}  // namespace parley::ice
