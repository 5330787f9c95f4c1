#include "ice/inbound_tap.hpp"

namespace parley::ice::inbound_tap {

bool start(int) { return false; }
void stop(int) {}
void peek(int, const std::function<void(ByteView, const SocketAddress&)>&) {}
void refuse_checks(int, bool) {}

}  // namespace parley::ice::inbound_tap
