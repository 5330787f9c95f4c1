// Receives a file into a folder. What has arrived when the sender is interrupted is kept, for the next time.
//   receive-file FOLDER [ws://HOST/PATH]
#include <nlohmann/json.hpp>
#include <optional>

#include "common/answer_offers.hpp"
#include "common/exchange_candidates.hpp"
#include "common/interrupt.hpp"
#include "common/signaling.hpp"
#include "common/watch_connection.hpp"
#include "protocol.hpp"

using namespace parley;
using nlohmann::json;
namespace fs = std::filesystem;

/// A file on its way: NAME.xxxxxxxx.part until it is complete and right. The letters are of its hash, so what is there
/// is a part of this file and not of an older one.
class Incoming {
 public:
  Incoming(const json& announcement, const fs::path& folder)
      : size_(announcement.at("size")), hash_(announcement.at("sha256")) {
    // The name comes from outside: only its last component counts.
    const fs::path name = fs::path(announcement.at("name").get<std::string>()).filename();
    if (name.empty() || name == "." || name == ".." || hash_.size() != 64) throw DataError("not a file");
    final_ = folder / name;
    if (fs::exists(final_)) throw NotAllowedError(final_.string() + " is there already");
    part_ = folder / (name.string() + "." + fs::path(hash_.substr(0, 8)).filename().string() + ".part");
    out_.open(part_, std::ios::binary | std::ios::app);
    if (!out_) throw NotAllowedError("cannot write to " + part_.string());
    have_ = fs::file_size(part_);
    if (have_ > size_) throw DataError("more is there than the file has");
    progress_.emplace(size_, have_);
    say((have_ > 0 ? "resuming " : "receiving ") + name.string() + ", " + megabytes(size_));
  }
  [[nodiscard]] std::uint64_t offset() const { return have_; }
  [[nodiscard]] bool complete() const { return have_ == size_; }
  [[nodiscard]] bool checked() const { return checked_; }

  void append(std::span<const std::byte> bytes) {
    if (bytes.size() > size_ - have_) throw DataError("more arrives than was announced");
    if (!out_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
      throw NotAllowedError("cannot write to " + part_.string());
    have_ += bytes.size();
    progress_->show(have_);
  }
  /// Checks the whole and gives it its name.
  Promise<fs::path> finish() {
    out_.close();
    say("checking ...");
    // Not inside the condition, which GCC 12 gets wrong.
    const std::string sum = co_await sha256InBackground(part_);
    if (sum != hash_) {
      fs::remove(part_);
      throw DataError("the file has arrived damaged");
    }
    fs::rename(part_, final_);
    checked_ = true;
    co_return final_;
  }

 private:
  std::uint64_t size_, have_ = 0;
  bool checked_ = false;
  std::string hash_;
  fs::path final_, part_;
  std::ofstream out_;
  std::optional<Progress> progress_;
};

/// Takes the file that the sender offers; `finished` when it is there.
void receiveFile(RTCPeerConnection& peerConnection, const fs::path& folder, const PromiseResolver<void>& finished) {
  peerConnection.ondatachannel = [folder, finished](const RTCDataChannelEvent& event) {
    const auto channel = event.channel;
    const auto file = std::make_shared<std::optional<Incoming>>();
    channel->onmessage = [channel, file, folder, finished](const MessageEvent& message) -> Promise<void> {
      try {
        if (*file) {
          (*file)->append(message.bytes());
        } else {
          file->emplace(json::parse(message.text()), folder);
          channel->send(json{{"offset", (*file)->offset()}}.dump());
        }
        if (!(*file)->complete()) co_return;
        const fs::path path = co_await (*file)->finish();
        say("received " + path.string());
        channel->send(json{{"ok", true}}.dump());
      } catch (const std::exception& error) {
        channel->send(json{{"error", error.what()}}.dump());
        finished.reject(DataError(error.what()));
      }
    };
    // The sender closes once it knows.
    channel->onclose = [file, finished] {
      if (*file && (*file)->checked()) return finished.resolve();
      finished.reject(NetworkError("the sender has left; run both again to go on"));
    };
  };
}

int main(int argc, char** argv) try {
  if (argc < 2) throw TypeError("say: receive-file FOLDER [ws://HOST/PATH]");
  const Interrupt interrupt;
  RTCPeerConnection peerConnection;
  const auto signalingChannel = open_signaling_channel(argc > 2 ? argv[2] : nullptr);
  const CloseFirst closeFirst{peerConnection};

  const PromiseResolver<void> finished;
  interrupt.rejects(finished);
  // In one task of the loop: an offer that comes between two handlers would be lost to the second.
  EventLoop::shared()->run([&] {
    exchangeCandidates(peerConnection, *signalingChannel);
    watchConnection(peerConnection, *signalingChannel, finished);
    receiveFile(peerConnection, argv[1], finished);
    answerOffers(peerConnection, *signalingChannel);
  });
  finished.promise().get();
  return 0;
} catch (const std::exception& error) {
  say(error.what());
  return 1;
}
