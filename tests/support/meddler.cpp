#include "support/meddler.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <optional>
#include <thread>

#include "support/candidate_rewrite.hpp"
#include "support/datagram_socket.hpp"

namespace parley::test {

class Meddler::Path {
 public:
  Path()
      : faces_{*DatagramSocket::bind(*Endpoint::from("127.0.0.1", 0)),
               *DatagramSocket::bind(*Endpoint::from("127.0.0.1", 0))},
        stop_(eventfd(0, EFD_CLOEXEC)),
        thread_([this] { run(); }) {}
  ~Path() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_, &one, sizeof one);
    thread_.join();
    close(stop_);
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  [[nodiscard]] Endpoint face(Way to) const { return faces_[index(to)].local(); }
  void set_end(Way to, const Endpoint& at) {
    const std::lock_guard lock(mutex_);
    ends_[index(to)] = at;
  }
  void set_rule(Rule rule) {
    const std::lock_guard lock(mutex_);
    rule_ = std::make_shared<Rule>(std::move(rule));
  }
  void send(Way way, ByteView datagram) {
    std::optional<Endpoint> to;
    {
      const std::lock_guard lock(mutex_);
      to = ends_[index(way)];
    }
    if (!to) return;
    // Not through DatagramSocket: several threads may send.
    [[maybe_unused]] const auto sent =
        sendto(faces_[index(way)].descriptor(), datagram.data(), datagram.size(), 0, to->raw(), to->raw_size());
  }

 private:
  static std::size_t index(Way way) { return way == Way::ToA ? 0 : 1; }
  void run() {
    std::array<pollfd, 3> ready{pollfd{faces_[0].descriptor(), POLLIN, 0}, pollfd{faces_[1].descriptor(), POLLIN, 0},
                                pollfd{stop_, POLLIN, 0}};
    while (poll(ready.data(), ready.size(), -1) >= 0 && (ready[2].revents & POLLIN) == 0) {
      // What arrives at the face towards A comes from A.
      if ((ready[0].revents & POLLIN) != 0) pass(faces_[0], Way::ToB);
      if ((ready[1].revents & POLLIN) != 0) pass(faces_[1], Way::ToA);
    }
  }
  void pass(DatagramSocket& from, Way way) {
    from.receive([&](ByteView datagram, const Endpoint&) {
      std::shared_ptr<Rule> rule;
      {
        const std::lock_guard lock(mutex_);
        rule = rule_;
      }
      if (rule) {
        (*rule)(way, datagram, [&](ByteView out) { send(way, out); });
      } else {
        send(way, datagram);
      }
    });
  }

  std::array<DatagramSocket, 2> faces_;
  int stop_;
  std::mutex mutex_;
  std::array<std::optional<Endpoint>, 2> ends_;
  std::shared_ptr<Rule> rule_;
  std::thread thread_;  // last: it uses the others
};

Meddler::Meddler() : path_(std::make_unique<Path>()) {}
Meddler::~Meddler() = default;
Endpoint Meddler::face_to_a() const { return path_->face(Way::ToA); }
Endpoint Meddler::face_to_b() const { return path_->face(Way::ToB); }
void Meddler::set_a(const Endpoint& at) { path_->set_end(Way::ToA, at); }
void Meddler::set_b(const Endpoint& at) { path_->set_end(Way::ToB, at); }
void Meddler::set_rule(Rule rule) { path_->set_rule(std::move(rule)); }
void Meddler::cut() {
  set_rule([](Way, ByteView, const Emit&) {});
}
void Meddler::inject(Way way, ByteView datagram) { path_->send(way, datagram); }

Promise<void> gathered(RTCPeerConnection& pc) {
  PromiseResolver<void> done;
  const auto listener = pc.addEventListener<"icegatheringstatechange">([&pc, done] {
    if (pc.iceGatheringState() == RTCIceGatheringState::Complete) done.resolve();
  });
  if (pc.iceGatheringState() == RTCIceGatheringState::Complete) done.resolve();
  return done.promise();
}

Promise<void> negotiate_through(Meddler& meddler, RTCPeerConnection& a, RTCPeerConnection& b) {
  co_await a.setLocalDescription();
  co_await gathered(a);
  const MovedDescription offer = move_description(a.localDescription()->sdp(), meddler.face_to_b());
  if (offer.from) meddler.set_a(*offer.from);
  co_await b.setRemoteDescription({RTCSdpType::Offer, offer.sdp});
  co_await b.setLocalDescription();
  co_await gathered(b);
  const MovedDescription answer = move_description(b.localDescription()->sdp(), meddler.face_to_a());
  if (answer.from) meddler.set_b(*answer.from);
  co_await a.setRemoteDescription({RTCSdpType::Answer, answer.sdp});
}

}  // namespace parley::test
