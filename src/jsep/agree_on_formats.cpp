#include <algorithm>
#include <tuple>

#include "jsep/protection.hpp"

namespace parley::jsep {
namespace {

/// The entry of a list that is the same codec: with the same parameters if there is one.
template <class List, class Project>
auto find_match(const List& list, const Codec& codec, Project project) {
  auto similar = list.end();
  for (auto it = list.begin(); it != list.end(); ++it) {
    if (!matches(project(*it), codec)) continue;
    if (has_same_parameters(project(*it), codec)) return it;
    if (similar == list.end()) similar = it;
  }
  return similar;
}

struct Taken {
  Format format;
  /// Where it stands in the list of local codecs.
  std::size_t rank = 0;
};

std::vector<Taken> taken_of(const std::vector<Format>& offered, const std::vector<Codec>& local) {
  std::vector<Taken> taken;
  for (const Format& format : offered) {
    const auto match = find_match(local, format.codec, [](const Codec& codec) -> const Codec& { return codec; });
    if (match == local.end()) continue;
    Format answered = format;
    answered.codec = negotiated(*match, format.codec);
    taken.push_back({.format = std::move(answered), .rank = static_cast<std::size_t>(match - local.begin())});
  }
  return taken;
}

/// In the order of the local codecs; RTX stays with what it repairs.
std::vector<Format> by_preference(const std::vector<Taken>& taken) {
  const auto key = [&](const Taken& entry) {
    const Taken* leader = &entry;
    if (entry.format.associated) {
      const auto repaired = std::ranges::find(taken, *entry.format.associated,
                                              [](const Taken& other) { return other.format.payload_type; });
      if (repaired != taken.end()) leader = &*repaired;
    }
    return std::tuple(leader->rank, leader - taken.data(), &entry != leader, &entry - taken.data());
  };
  std::vector<const Taken*> order;
  order.reserve(taken.size());
  for (const Taken& entry : taken) order.push_back(&entry);
  std::ranges::sort(order, {}, [&](const Taken* entry) { return key(*entry); });
  std::vector<Format> formats;
  formats.reserve(order.size());
  for (const Taken* entry : order) formats.push_back(entry->format);
  return formats;
}

/// Whether a list has RTX for that codec.
bool has_rtx_for(const std::vector<Format>& formats, const Codec& repaired) {
  return std::ranges::any_of(formats, [&](const Format& format) {
    const Format* other = format.associated ? find_format(formats, *format.associated) : nullptr;
    return is_rtx(format.codec) && other && matches(other->codec, repaired);
  });
}

std::vector<Format> common_formats(const std::vector<Format>& of, const std::vector<Format>& other) {
  std::vector<Format> common;
  for (const Format& format : of) {
    const Format* repaired = format.associated ? find_format(of, *format.associated) : nullptr;
    if (is_rtx(format.codec) && !(repaired && has_rtx_for(other, repaired->codec))) continue;
    const auto match = find_match(other, format.codec, [](const Format& entry) -> const Codec& { return entry.codec; });
    if (match == other.end()) continue;
    common.push_back(format);
    common.back().codec.feedback = common_feedback(format.codec.feedback, match->codec.feedback);
  }
  drop_unserved(common);
  return common;
}

}  // namespace

std::vector<Format> answer_formats(const std::vector<Format>& offered, const std::vector<Codec>& local,
                                   PreferenceOrder order) {
  const std::vector<Taken> taken = taken_of(offered, local);
  std::vector<Format> formats;
  if (order == PreferenceOrder::Local)
    formats = by_preference(taken);
  else
    for (const Taken& entry : taken) formats.push_back(entry.format);
  drop_unserved(formats);
  return formats;
}

std::vector<Format> send_formats(const std::vector<Format>& remote, const std::vector<Format>& local) {
  return common_formats(remote, local);
}

std::vector<Format> receive_formats(const std::vector<Format>& local, const std::vector<Format>& remote) {
  return common_formats(local, remote);
}

}  // namespace parley::jsep
