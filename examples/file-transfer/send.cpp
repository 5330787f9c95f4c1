// Sends a file. Run it again after an interruption: it goes on where the receiver stopped.
//   send-file FILE [ws://HOST/PATH]
#include <nlohmann/json.hpp>

#include "common/exchange_candidates.hpp"
#include "common/interrupt.hpp"
#include "common/make_call.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"
#include "protocol.hpp"

using namespace parley;
using nlohmann::json;

/// The file from `offset` on. write() resolves when there is room for more, so memory stays small however large the
/// file is and however slow the network.
Promise<void> sendBytes(std::shared_ptr<RTCDataChannel> channel, std::filesystem::path path, std::uint64_t offset) {
  const std::uint64_t size = std::filesystem::file_size(path);
  Progress progress(size, offset);
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  while (offset < size) {
    std::vector<std::uint8_t> block(kBlockBytes);
    in.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(block.size()));
    if (in.gcount() <= 0) throw NotReadableError("the file has become shorter");
    block.resize(static_cast<std::size_t>(in.gcount()));
    offset += block.size();
    co_await channel->write(std::move(block));
    progress.show(offset);
  }
}

/// Offers the file on a channel of its own; `finished` when the receiver has it all.
void sendFile(RTCPeerConnection& peerConnection, const std::filesystem::path& path,
              const PromiseResolver<void>& finished) {
  say("reading " + path.string() + " ...");
  const json announcement = {
      {"name", path.filename().string()}, {"size", std::filesystem::file_size(path)}, {"sha256", sha256(path)}};
  const auto channel = peerConnection.createDataChannel("file");
  channel->onopen = [channel, announcement] { channel->send(announcement.dump()); };
  channel->onmessage = [channel, path, finished](const MessageEvent& event) -> Promise<void> {
    const json message = json::parse(event.text(), nullptr, false);
    if (message.contains("offset")) {
      const auto offset = message["offset"].get<std::uint64_t>();
      if (offset > 0) say("resuming at " + std::to_string(offset) + " bytes");
      try {
        co_await sendBytes(channel, path, offset);
      } catch (const std::exception&) {
        finished.reject(std::current_exception());
      }
    }
    if (message.contains("ok")) finished.resolve();
    if (message.contains("error")) finished.reject(DataError(message["error"].get<std::string>()));
  };
  channel->onclose = [finished] { finished.reject(NetworkError("the receiver has left; run both again to go on")); };
}

int main(int argc, char** argv) try {
  if (argc < 2) throw TypeError("say: send-file FILE [ws://HOST/PATH]");
  const Interrupt interrupt;
  RTCPeerConnection peerConnection;
  const auto signalingChannel = open_signaling_channel(argc > 2 ? argv[2] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  interrupt.rejects(finished);
  exchangeCandidates(peerConnection, *signalingChannel);
  watchConnection(peerConnection, *signalingChannel, finished);
  sendFile(peerConnection, argv[1], finished);
  makeCall(peerConnection, *signalingChannel).get();
  finished.promise().get();
  say("sent");
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
