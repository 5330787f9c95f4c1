// Signaling without any server: two people send each other one line of text, by whatever way they have.
//   copy-paste offer    prints an offer and asks for the answer
//   copy-paste answer   asks for the offer and prints an answer
// After that, what one of them types appears at the other. Ctrl-D ends it.
#include <iostream>
#include <parley/json.hpp>
#include <parley/parley.hpp>
#include <string>

using namespace parley;
using nlohmann::json;

/// Resolves when no more candidates are to be found: the description then holds them all.
Promise<void> gathered(RTCPeerConnection& peerConnection) {
  const PromiseResolver<void> complete;
  peerConnection.addEventListener<"icegatheringstatechange">([&peerConnection, complete] {
    if (peerConnection.iceGatheringState() == RTCIceGatheringState::Complete) complete.resolve();
  });
  return complete.promise();
}

void print(const std::optional<RTCSessionDescription>& description) {
  std::cout << "Send this line to the other side:\n\n" << json(*description) << "\n" << std::endl;
}

RTCSessionDescriptionInit ask(const char* what) {
  std::cout << "Paste the other side's " << what << ":" << std::endl;
  std::string line;
  if (!std::getline(std::cin, line)) throw DataError("nothing was pasted");
  const json message = json::parse(line, nullptr, false);
  if (message.is_discarded()) throw DataError("what was pasted is not one whole line");
  return message.get<RTCSessionDescriptionInit>();
}

void chatOn(const std::shared_ptr<RTCDataChannel>& channel) {
  channel->onmessage = [](const MessageEvent& event) { std::cout << "> " << event.text() << std::endl; };
  channel->onclose = [] { std::cout << "The other side has left." << std::endl; };
}

/// The channel that both talk on, once it is open.
Promise<std::shared_ptr<RTCDataChannel>> talk(RTCPeerConnection& peerConnection, bool caller) {
  const PromiseResolver<std::shared_ptr<RTCDataChannel>> open;
  if (caller) {
    const auto channel = peerConnection.createDataChannel("chat");
    channel->onopen = [channel, open] { open.resolve(channel); };
  } else {
    peerConnection.addEventListener<"datachannel">(
        [open](const RTCDataChannelEvent& event) { open.resolve(event.channel); });
  }
  peerConnection.addEventListener<"connectionstatechange">([&peerConnection, open] {
    if (peerConnection.connectionState() == RTCPeerConnectionState::Failed)
      open.reject(NetworkError("the peers cannot reach each other"));
  });
  return open.promise();
}

int main(int argc, char** argv) try {
  const std::string role = argc > 1 ? argv[1] : "";
  if (role != "offer" && role != "answer") throw TypeError("say: copy-paste offer, or: copy-paste answer");
  const bool caller = role == "offer";

  RTCPeerConnection peerConnection;
  const auto channel = talk(peerConnection, caller);
  const auto complete = gathered(peerConnection);
  if (!caller) peerConnection.setRemoteDescription(ask("offer")).get();
  peerConnection.setLocalDescription().get();
  complete.get();
  print(peerConnection.localDescription());
  if (caller) peerConnection.setRemoteDescription(ask("answer")).get();

  chatOn(channel.get());
  std::cout << "Peers connected! Type." << std::endl;
  for (std::string line; std::getline(std::cin, line);) channel.get()->write(line).get();
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
