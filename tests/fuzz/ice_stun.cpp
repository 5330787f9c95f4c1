// STUN messages from a server: any bytes are read or refused, and an answer is only believed for its own question.
#include <cstdlib>

#include "ice/stun_client.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const ByteView input(data, size);
  const auto length = ice::stun::frame_length(input);
  const auto message = ice::stun::parse(input);
  if (message && (!length || *length != size)) std::abort();
  if (message) ice::stun::verify(input, input.first(size / 2));
  const auto server = *ice::SocketAddress::parse("192.0.2.1", 3478);
  ice::StunClient client(1);
  client.ask({0, 0, server}, {});
  auto sent = client.advance({});
  // The input as the attributes of an answer.
  Bytes answer = sent.front().message;
  answer.resize(20);
  answer[0] = 1;
  answer[1] = size > 0 && input[0] % 2 == 0 ? 0x01 : 0x11;
  answer.insert(answer.end(), input.begin(), input.end());
  answer.resize((answer.size() + 3) / 4 * 4);
  const std::size_t attributes = answer.size() - 20;
  answer[2] = static_cast<std::uint8_t>(attributes >> 8);
  answer[3] = static_cast<std::uint8_t>(attributes);
  const auto outcome = client.receive(answer, server);
  if (outcome.has_value() != client.idle()) std::abort();
  return 0;
}
