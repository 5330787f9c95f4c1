#include "ice/direct_socket.hpp"

namespace parley::ice {

bool DirectSocket::supported() { return false; }
std::unique_ptr<DirectSocket> DirectSocket::open(Reactor&, int, std::uint32_t, Purpose, Sink&) { return nullptr; }

}  // namespace parley::ice
