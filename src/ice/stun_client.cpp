#include "ice/stun_client.hpp"

#include <algorithm>

namespace parley::ice {

void StunClient::ask(const Question& question, TimePoint now) {
  const stun::TransactionId id = stun::make_transaction_id(tag_);
  const TimePoint start = std::max(now, free_from_);
  free_from_ = start + kPacing;
  Bytes message = stun::Writer(stun::Method::Binding, stun::Class::Request, id).fingerprint().take();
  open_.push_back({question, id, std::move(message), start});
}

std::vector<StunClient::Outgoing> StunClient::advance(TimePoint now) {
  std::vector<Outgoing> out;
  for (Open& open : open_) {
    if (open.next > now) continue;
    if (open.sends == kSends) {
      unanswered_.push_back({open.question});
      continue;
    }
    out.push_back({open.question.socket, open.question.to, open.message});
    ++open.sends;
    open.next = now + (open.sends == kSends ? kLastTimeout : kFirstTimeout * (1 << (open.sends - 1)));
  }
  std::erase_if(open_, [&](const Open& open) { return open.sends == kSends && open.next <= now; });
  return out;
}

std::optional<StunClient::Outcome> StunClient::receive(ByteView bytes, const SocketAddress& from) {
  const auto message = stun::parse(bytes);
  if (!message || message->method != static_cast<std::uint16_t>(stun::Method::Binding)) return std::nullopt;
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const Open& open) { return open.id == message->id && open.question.to == from; });
  if (found == open_.end()) return std::nullopt;
  Outcome outcome{found->question};
  if (message->type == stun::Class::Success && message->mapped) {
    outcome.mapped = message->mapped;
  } else if (message->type == stun::Class::Error && message->error) {
    outcome.error = message->error;
  } else {
    return std::nullopt;
  }
  open_.erase(found);
  return outcome;
}

std::optional<TimePoint> StunClient::next_deadline() const {
  std::optional<TimePoint> first;
  for (const Open& open : open_) first = earlier(first, open.next);
  return first;
}

}  // namespace parley::ice
