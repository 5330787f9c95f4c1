#include "signaling/delivery.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace parley::signaling {
namespace {

using nlohmann::json;

constexpr const char* kMember = "delivery";
constexpr std::size_t kMaxName = 64;

/// What a message says of itself.
struct Stamp {
  std::string from;
  std::optional<std::uint64_t> number;
  std::uint64_t oldest = 0, read = 0;
};

std::optional<std::uint64_t> number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

/// None if it is not of our kind.
std::optional<Stamp> stamp_of(const json& message) {
  if (!message.is_object()) return std::nullopt;
  const auto found = message.find(kMember);
  if (found == message.end() || !found->is_object()) return std::nullopt;
  const auto from = found->find("from");
  if (from == found->end() || !from->is_string()) return std::nullopt;
  Stamp stamp{.from = from->get<std::string>(), .number = number(*found, "number")};
  if (stamp.from.empty() || stamp.from.size() > kMaxName) return std::nullopt;
  stamp.oldest = number(*found, "oldest").value_or(0);
  stamp.read = number(*found, "read").value_or(0);
  return stamp;
}

}  // namespace

json Delivery::stamp(const Kept& kept) const {
  json message = kept.message;
  message[kMember] = {{"from", name_}, {"number", kept.number}, {"oldest", kept_.front().number}, {"read", read_}};
  return message;
}

json Delivery::question() const { return {{kMember, {{"from", name_}, {"read", read_}}}}; }

json Delivery::wrap(json message) {
  kept_.push_back({++last_number_, std::move(message)});
  if (kept_.size() > kMaxKept) kept_.pop_front();
  return stamp(kept_.back());
}

std::vector<json> Delivery::kept() const {
  std::vector<json> all;
  all.reserve(kept_.size());
  for (const Kept& kept : kept_) all.push_back(stamp(kept));
  return all;
}

std::vector<json> Delivery::again() {
  has_asked_ = false;
  std::vector<json> all = kept();
  all.insert(all.begin(), question());
  return all;
}

void Delivery::forget(std::uint64_t read_by_peer) {
  while (!kept_.empty() && kept_.front().number <= read_by_peer) kept_.pop_front();
}

Delivery::Arrival Delivery::receive(const json& message) {
  const auto stamp = stamp_of(message);
  if (!stamp) return {.take = true, .reply = {}};
  Arrival arrival;
  if (stamp->from != peer_) {
    // It may have come after our first messages went nowhere. Another one in its place begins anew with us.
    if (peer_.empty() && stamp->read == 0) arrival.reply = kept();
    peer_ = stamp->from;
    read_ = 0;
    has_asked_ = false;
  }
  forget(stamp->read);
  if (!stamp->number) {
    arrival.reply = kept();
    return arrival;
  }
  const std::uint64_t next = std::max(read_ + 1, stamp->oldest);
  if (*stamp->number < next) return arrival;
  if (*stamp->number > next) {
    if (!std::exchange(has_asked_, true)) arrival.reply.push_back(question());
    return arrival;
  }
  read_ = *stamp->number;
  has_asked_ = false;
  arrival.take = true;
  return arrival;
}

}  // namespace parley::signaling
