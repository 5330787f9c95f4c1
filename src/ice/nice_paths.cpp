#include <agent.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "ice/inbound_tap.hpp"
#include "ice/nice_convert.hpp"
#include "ice/nice_session.hpp"

/// Which path, and how soon: where libnice's own choice and pace are not ours.
namespace parley::ice {
namespace {

/// libnice's timer is known by name only: if another version calls it otherwise, checks are up to 10 ms later.
constexpr const char* kCheckTimer = "Connectivity check schedule";
constexpr unsigned kMaxHastened = 24;

struct FreeCandidates {
  void operator()(GSList* list) const {
    g_slist_free_full(list, [](gpointer candidate) { nice_candidate_free(static_cast<NiceCandidate*>(candidate)); });
  }
};
using CandidateList = std::unique_ptr<GSList, FreeCandidates>;

/// The candidates of the list that `fits` is true for.
template <class F>
std::vector<const NiceCandidate*> filter(const CandidateList& list, F fits) {
  std::vector<const NiceCandidate*> result;
  for (const GSList* i = list.get(); i != nullptr; i = i->next)
    if (const auto* candidate = static_cast<const NiceCandidate*>(i->data); fits(*candidate))
      result.push_back(candidate);
  return result;
}

}  // namespace

void NiceSession::check_at_once() {
  // RFC 8445 section 6.1.4.2 lets the first check go when checks begin; libnice waits for Ta to pass once.
  if (!std::exchange(checking_, true)) driver_.expire(kCheckTimer);
}

void NiceSession::hasten(int fd) {
  // What arrives may be answered: with a triggered check, with a nomination. libnice decides on one tick of its timer
  // and sends on the next; Ta is there to pace checks that nobody has asked for. Only so often, since every tick may
  // begin one of those, too.
  if (!checking_ || settled_ || closing_ || hastened_ == kMaxHastened) return;
  if (std::none_of(udp_.begin(), udp_.end(), [&](const auto& udp) { return udp.first == fd; })) return;
  ++hastened_;
  for (int tick = 0; tick < 2 && driver_.expire(kCheckTimer); ++tick) driver_.dispatch_due();
}

void NiceSession::look(int fd) {
  if (!tap_ || closing_) return;
  for (const auto& [socket, base] : udp_)
    if (socket == fd)
      inbound_tap::peek(fd, [&, &base = base](ByteView datagram, const SocketAddress& from) {
        sink_.on_nice_arrival(datagram, base, from);
      });
}

bool NiceSession::select(const SocketAddress& base, const SocketAddress& remote, const SocketAddress& mapped) {
  const CandidateList locals(nice_agent_get_local_candidates(agent_, stream_, kComponent));
  const CandidateList remotes(nice_agent_get_remote_candidates(agent_, stream_, kComponent));
  const auto local = filter(
      locals, [&](const NiceCandidate& c) { return c.type == NICE_CANDIDATE_TYPE_HOST && from_nice(c.addr) == base; });
  const auto peer = filter(remotes, [&](const NiceCandidate& c) { return from_nice(c.addr) == remote; });
  if (local.empty() || peer.empty()) return false;
  std::string foundation = peer.front()->foundation;
  if (peer.front()->type == NICE_CANDIDATE_TYPE_PEER_REFLEXIVE) {
    // libnice's own foundations are the same for all ports of an address, and it would take the first.
    Candidate renamed = from_nice(*peer.front());
    foundation = "s" + std::to_string(selections_++);
    add_remote_candidate(renamed, remote, foundation);
  }
  selection_ = Selection{base, remote, mapped};
  const bool done =
      nice_agent_set_selected_pair(agent_, stream_, kComponent, local.front()->foundation, foundation.c_str()) != FALSE;
  driver_.sync();
  return done;
}

/// The local candidate of a selected pair: libnice takes the base for what select() has chosen.
Candidate NiceSession::as_seen(const NiceCandidate& local, const NiceCandidate& remote) const {
  Candidate result = from_nice(local);
  if (selection_ && from_nice(local.addr) == selection_->base && from_nice(remote.addr) == selection_->remote &&
      !(selection_->mapped == selection_->base) && selection_->mapped) {
    result.type = CandidateType::Prflx;
    result.address = selection_->mapped.address();
    result.port = selection_->mapped.port();
  }
  return result;
}

void NiceSession::renew_consent() {
  const std::string local = pair_local_, remote = pair_remote_;  // the call changes them
  nice_agent_set_selected_pair(agent_, stream_, kComponent, local.c_str(), remote.c_str());
  driver_.sync();
}

void NiceSession::refuse_checks(bool refuse) const {
  for (const auto& [socket, base] : udp_) inbound_tap::refuse_checks(socket, refuse);
}

void NiceSession::send_beside(const SocketAddress& base, ByteView datagram, const SocketAddress& to) const {
  for (const auto& [socket, address] : udp_)
    if (address == base) sendto(socket, datagram.data(), datagram.size(), MSG_DONTWAIT, to.data(), to.size());
}

}  // namespace parley::ice
