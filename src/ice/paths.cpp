#include "ice/paths.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace parley::ice {
namespace {

/// RFC 8445 section 5.1.2.2.
constexpr std::uint32_t kHostPreference = 126, kPeerReflexivePreference = 110;

template <class Entries>
std::uint32_t find_priority(const Entries& entries, const SocketAddress& address) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == address; });
  return found != entries.end() ? found->second : 0;
}

}  // namespace

Paths::Paths(bool controlling) : controlling_(controlling) {
  Random& random = system_random();
  tie_breaker_ = (std::uint64_t{random.u32()} << 32) | random.u32();
}

std::uint32_t Paths::local_priority(const Path& path, std::uint32_t type) const {
  return (type << 24) | (find_priority(bases_, path.base) & 0xFFFFFF);
}

/// RFC 8445 section 6.1.2.3, without the last bit.
std::uint64_t Paths::rank(const Known& known) const {
  const bool host = known.mapped == known.path.base;
  const std::uint32_t local = local_priority(known.path, host ? kHostPreference : kPeerReflexivePreference);
  return (std::uint64_t{std::min(local, known.priority)} << 32) | std::max(local, known.priority);
}

Paths::Known& Paths::know(const Path& path, std::uint32_t priority) {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.path == path; });
  if (found != known_.end()) {
    if (found->priority == 0) found->priority = priority;
    return *found;
  }
  if (known_.size() == kMaxKnown) known_.erase(known_.begin());
  const std::uint32_t signaled = find_priority(remotes_, path.remote);
  return known_.emplace_back(Known{path, signaled != 0 ? signaled : priority});
}

bool Paths::signed_by_peer(const stun::Message& message, ByteView datagram) const {
  if (message.type != stun::Class::Request) return stun::verify(datagram, as_bytes(remote_->password));
  return message.username == local_.ufrag + ":" + remote_->ufrag && stun::verify(datagram, as_bytes(local_.password));
}

bool Paths::arrived(ByteView datagram, const Path& path, TimePoint now) {
  if (datagram.empty() || datagram[0] > 3) return false;  // RFC 7983 section 7
  if (!remote_) return arrived_early(datagram, path);
  const auto message = stun::parse(datagram);
  if (!message || message->method != static_cast<std::uint16_t>(stun::Method::Binding)) return false;
  if (!signed_by_peer(*message, datagram)) return false;
  count(*message, path);
  if (selected_ == path) selected_heard_ = now;
  if (message->type == stun::Class::Request) {
    heard_check(*message, path, now);
  } else if (message->type == stun::Class::Success) {
    heard_answer(*message, path, now);
  } else if (message->error && message->error->code == 487) {
    conflict_ = true;  // libnice's to resolve
    comparison_.reset();
    open_.clear();
  }
  return true;
}

bool Paths::arrived_early(ByteView datagram, const Path& path) {
  if (too_many_early()) return false;
  const auto message = stun::parse(datagram);
  if (!message || message->type != stun::Class::Request) return false;
  if (!message->username.starts_with(local_.ufrag + ":") || !stun::verify(datagram, as_bytes(local_.password)))
    return false;
  count(*message, path);
  if (std::find(early_.begin(), early_.end(), path.remote) != early_.end()) return false;
  early_.push_back(path.remote);
  return too_many_early();
}

void Paths::count(const stun::Message& message, const Path& path) {
  auto found = std::ranges::find(heard_, path, [](const auto& entry) -> const Path& { return entry.first; });
  if (found == heard_.end()) {
    if (heard_.size() == kMaxHeard) heard_.erase(heard_.begin());
    found = heard_.insert(heard_.end(), {path, HeardStun{}});
  }
  if (message.type == stun::Class::Request) ++found->second.requests;
  if (message.type == stun::Class::Success || message.type == stun::Class::Error) ++found->second.answers;
}

void Paths::heard_check(const stun::Message& message, const Path& path, TimePoint now) {
  const bool same_role = controlling_ ? message.controlling : message.controlled;
  Known& known = know(path, message.priority);
  if (!is_selected_) {
    conflict_ = conflict_ || same_role;
    if (!decide_) decide_ = now + kBetter;
    return;
  }
  conflict_ = false;
  if (same_role) controlling_ = !controlling_;  // libnice has settled who is what
  if (!selected_ || path == *selected_) {
    if (comparison_) conclude();
    return;
  }
  // RFC 8445 section 8.1.1: whom to follow is the controlling side's choice.
  if (!controlling_ && !message.use_candidate) return;
  if (comparison_ || (compared_ && *compared_ + kCompare > now)) return;
  if (known.refused && selected_heard_ + kSilence > now) return;
  comparison_ = Comparison{path, now};
  compared_ = now;
  open_.clear();  // a measurement's silence says less
  ask(*selected_, false, now);
  ask(path, controlling_, now);
}

void Paths::heard_answer(const stun::Message& message, const Path& path, TimePoint now) {
  Known& known = know(path, 0);
  known.valid = true;
  if (message.mapped) known.mapped = *message.mapped;
  const auto question =
      std::find_if(open_.begin(), open_.end(), [&](const Question& q) { return q.id == message.id && q.path == path; });
  const bool ours = question != open_.end();
  const bool nominated = ours && question->nominate;
  if (ours && question->sends == 1) {
    known.round_trips.last = now - question->sent;
    known.round_trips.total += *known.round_trips.last;
    ++known.round_trips.answers;
  }
  if (ours) open_.erase(question);
  if (is_selected_) {
    if (comparison_ && ours && comparison_->other == path) comparison_->answered = true;
    if (comparison_) conclude();
  } else if (nominated) {
    choice_ = Choice{path, known.mapped};
  } else if (ours) {
    nominate_best(now);
  } else if (!decide_) {
    decide_ = now + kBetter;
  }
}

/// Ends the comparison as soon as it has a result.
void Paths::conclude() {
  const auto other =
      std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.path == comparison_->other; });
  const bool selected_lives = selected_heard_ > comparison_->began;
  if (selected_lives || (comparison_->alone && !comparison_->answered)) {
    if (other != known_.end()) other->refused = selected_lives;
  } else if (comparison_->alone && other != known_.end()) {
    choice_ = Choice{other->path, other->mapped};
  } else {
    return;
  }
  comparison_.reset();
  open_.clear();
}

void Paths::selected(std::optional<Path> path, TimePoint now) {
  is_selected_ = true;
  if (selected_ == path) return;
  selected_ = path;
  selected_heard_ = now;
  decide_.reset();
  comparison_.reset();
  choice_.reset();
  open_.clear();
  for (Known& known : known_) known.refused = false;
}

bool Paths::measure(TimePoint now) {
  if (!selected_ || !remote_ || conflict_ || comparison_ || !open_.empty()) return false;
  if (measured_ && *measured_ + kFresh > now) return false;
  measured_ = now;
  ask(*selected_, false, now);
  return true;
}

RoundTrips Paths::round_trips(const Path& path) const {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.path == path; });
  return found == known_.end() ? RoundTrips{} : found->round_trips;
}

HeardStun Paths::heard(const Path& path) const {
  const auto found = std::ranges::find(heard_, path, [](const auto& entry) -> const Path& { return entry.first; });
  return found == heard_.end() ? HeardStun{} : found->second;
}

std::vector<Paths::Choice> Paths::valid() const {
  std::vector<Choice> paths;
  for (const Known& known : known_)
    if (known.valid) paths.push_back({known.path, known.mapped});
  return paths;
}

void Paths::ask(const Path& path, bool nominate, TimePoint now) {
  const stun::TransactionId id = stun::make_transaction_id(system_random().u32());
  stun::Writer writer(stun::Method::Binding, stun::Class::Request, id);
  writer.text(stun::kUsername, remote_->ufrag + ":" + local_.ufrag);
  writer.number(stun::kPriority, local_priority(path, kPeerReflexivePreference));
  writer.number64(controlling_ ? stun::kIceControlling : stun::kIceControlled, tie_breaker_);
  if (nominate) writer.flag(stun::kUseCandidate);
  writer.integrity(as_bytes(remote_->password)).fingerprint();
  open_.push_back({path, nominate, id, writer.take(), now});
}

void Paths::nominate_best(TimePoint now) {
  decide_.reset();
  if (!controlling_ || conflict_ || !open_.empty() || known_.empty()) return;
  // A valid one before one from which only a check has come.
  const auto better = [this](const Known& a, const Known& b) {
    return std::pair(a.valid, rank(a)) < std::pair(b.valid, rank(b));
  };
  const auto best = std::max_element(known_.begin(), known_.end(), better);
  ask(best->path, best->valid, now);
}

void Paths::unanswered(const Path& path, TimePoint now) {
  if (is_selected_) {
    if (!comparison_) return;
    if (path == *selected_) comparison_->alone = true;
    // An answer to the other question may come later than the selected path's silence, but not much.
    conclude();
    return;
  }
  std::erase_if(known_, [&](const Known& k) { return k.path == path; });
  if (!known_.empty()) decide_ = now;
}

std::vector<Paths::Outgoing> Paths::advance(TimePoint now) {
  std::vector<Outgoing> out;
  if (decide_ && *decide_ <= now) nominate_best(now);
  std::vector<Path> given_up;
  for (Question& question : open_) {
    if (question.next > now) continue;
    if (question.sends == kSends) {
      given_up.push_back(question.path);
      continue;
    }
    out.push_back({question.path, question.message});
    if (question.sends == 0) question.sent = now;
    question.next = now + kFirstTimeout * (1 << question.sends++);
  }
  std::erase_if(open_, [&](const Question& q) { return q.sends == kSends && q.next <= now; });
  for (const Path& path : given_up) unanswered(path, now);
  return out;
}

std::optional<TimePoint> Paths::next_deadline() const {
  std::optional<TimePoint> first = decide_;
  for (const Question& question : open_) first = earlier(first, question.next);
  return first;
}

}  // namespace parley::ice
