#include "media/shares.hpp"

#include <algorithm>
#include <utility>

namespace parley::media {
namespace {

/// What sound takes, as long as there is any.
constexpr double kSound = 50'000;
/// Whoever uses less than this part of its share for so long leaves the rest to others.
constexpr double kQuietBelow = 0.5;
constexpr Duration kQuietAfter = 2s;
/// Of what it uses, a little more stays.
constexpr double kKept = 1.25, kKeptAtLeast = 5'000;

}  // namespace

/// A sender has the importance of its highest encoding, and may send what all of them may.
Shares::Sender Shares::sender_of(const Section& section) {
  Sender sender{.section = section.key, .kind = section.kind};
  double most = 0;
  for (const Encoding& encoding : section.encodings) {
    if (!encoding.active) continue;
    sender.weight = std::max<double>(sender.weight, weight(encoding.importance));
    most += encoding.most.value_or(kNoLimit);
  }
  sender.most = most;
  return sender;
}

void Shares::set_senders(const std::vector<Section>& sections) {
  std::vector<Sender> senders;
  for (const Section& section : sections) {
    if (!section.sends) continue;
    Sender sender = sender_of(section);
    if (sender.weight == 0) continue;  // it pauses
    const auto known = std::ranges::find(senders_, section.key, &Sender::section);
    if (known != senders_.end()) {
      sender.told = known->told;
      sender.quiet = known->quiet;
      sender.quiet_since = known->quiet_since;
      sender.bytes = known->bytes;
    }
    senders.push_back(sender);
  }
  senders_ = std::move(senders);
}

bool Shares::sent(SectionKey section, std::size_t bytes, TimePoint now) {
  const auto sender = std::ranges::find(senders_, section, &Sender::section);
  if (sender == senders_.end()) return false;
  sender->bytes.add(now, static_cast<std::uint32_t>(bytes));
  if (!sender->quiet || sender->rate(now) <= sender->keeps) return false;
  sender->quiet = false;
  sender->quiet_since.reset();
  return true;
}

/// Whether it uses what it is entitled to.
void Shares::listen(Sender& sender, double entitled, TimePoint now) {
  const double rate = sender.rate(now);
  if (rate >= kQuietBelow * entitled) {
    sender.quiet = false;
    sender.quiet_since.reset();
    return;
  }
  if (!sender.quiet_since) sender.quiet_since = now;
  const bool was_quiet = std::exchange(sender.quiet, now - *sender.quiet_since >= kQuietAfter);
  // Not every frame is a reason to tell all others of another rate.
  const double keeps = std::min(kKept * rate + kKeptAtLeast, entitled);
  if (!was_quiet || keeps > sender.keeps || keeps < sender.keeps / 2) sender.keeps = keeps;
}

/// By weight; what somebody may not have is divided again.
template <class Taking>
void Shares::fill(double Sender::*part, double total, Taking takes) {
  std::vector<Sender*> open;
  for (Sender& sender : senders_)
    if (sender.kind == Kind::Video && takes(sender)) open.push_back(&sender);
  for (bool again = true; again && !open.empty();) {
    double weights = 0;
    for (const Sender* sender : open) weights += sender->weight;
    const double each = total / weights;
    again = false;
    for (Sender* sender : open) {
      sender->*part = std::min(each * sender->weight, sender->most);
      again = again || each * sender->weight > sender->most;
    }
    if (!again) break;
    std::erase_if(open, [&](const Sender* sender) {
      if (each * sender->weight <= sender->most) return false;
      total -= sender->most;
      return true;
    });
  }
}

const std::vector<Shares::Share>& Shares::divide(double total, TimePoint now) {
  double sound = 0;
  for (Sender& sender : senders_) {
    if (sender.kind != Kind::Audio) continue;
    listen(sender, 1, now);  // any at all
    if (!sender.quiet) sound += kSound;
  }
  double left = std::max(total - sound, total / 4);
  fill(&Sender::share, left, [](const Sender&) { return true; });
  for (Sender& sender : senders_)
    if (sender.kind == Kind::Video) listen(sender, sender.share, now);
  for (const Sender& sender : senders_)
    if (sender.kind == Kind::Video && sender.quiet) left -= std::min(sender.keeps, sender.share);
  fill(&Sender::share, left, [](const Sender& sender) { return !sender.quiet; });
  changed_.clear();
  for (Sender& sender : senders_) {
    if (sender.kind != Kind::Video || sender.told == sender.share) continue;
    sender.told = sender.share;
    changed_.push_back({sender.section, sender.share});
  }
  return changed_;
}

double Shares::sent_rate(TimePoint now) const {
  double rate = 0;
  for (const Sender& sender : senders_) rate += sender.rate(now);
  return rate;
}

}  // namespace parley::media
