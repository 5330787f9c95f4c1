#include "jsep/layers.hpp"

#include <algorithm>

namespace parley::jsep {
namespace {

bool contains(const std::vector<std::string>& rids, const std::string& rid) {
  return std::ranges::find(rids, rid) != rids.end();
}

std::vector<sdp::SimulcastLayer> to_simulcast(const std::vector<std::string>& rids) {
  std::vector<sdp::SimulcastLayer> all;
  all.reserve(rids.size());
  for (const std::string& rid : rids) all.push_back({{.rid = rid}});
  return all;
}

}  // namespace

std::vector<std::string> layers(const sdp::MediaDescription& media, Layers which) {
  // Of sound there is one encoding only: its packets have no rid.
  if (!media.simulcast || media.kind == "audio") return {};
  std::vector<std::string> rids;
  for (const sdp::SimulcastLayer& layer : which == Layers::Sent ? media.simulcast->send : media.simulcast->recv) {
    if (rids.size() == kMaxEncodings) break;
    if (!layer.empty() && !contains(rids, layer.front().rid)) rids.push_back(layer.front().rid);
  }
  return rids;
}

std::vector<std::string> common_layers(const std::vector<std::string>& asked,
                                       const std::vector<std::string>& answered) {
  std::vector<std::string> both;
  for (const std::string& rid : asked)
    if (contains(answered, rid)) both.push_back(rid);
  return both;
}

void put_layers(sdp::MediaDescription& media, const std::vector<std::string>& sent,
                const std::vector<std::string>& received) {
  for (const std::string& rid : sent) media.rids.push_back({.id = rid, .direction = sdp::RidDirection::Send});
  for (const std::string& rid : received) media.rids.push_back({.id = rid, .direction = sdp::RidDirection::Recv});
  if (!media.rids.empty()) media.simulcast = sdp::Simulcast{.send = to_simulcast(sent), .recv = to_simulcast(received)};
}

std::vector<SendEncoding> proposed_encodings(const sdp::MediaDescription& offered) {
  std::vector<SendEncoding> proposed;
  const std::vector<std::string> rids = layers(offered, Layers::Received);
  for (std::size_t i = 0; i < rids.size(); ++i)
    proposed.push_back(
        {.rid = rids[i], .scale_resolution_down_by = static_cast<double>(std::size_t{1} << (rids.size() - i - 1))});
  return proposed;
}

void promote(Sender& sender, const std::vector<SendEncoding>& proposed) {
  if (proposed.empty() || sender.encodings.size() != 1 || sender.encodings.front().rid) return;
  sender.encodings = proposed;
}

void narrow(Sender& sender, const std::vector<std::string>& rids) {
  if (sender.encodings.size() <= 1) return;
  const auto answered = [&](const SendEncoding& encoding) { return encoding.rid && contains(rids, *encoding.rid); };
  std::vector<SendEncoding> kept;
  std::vector<SendSource> sources;
  for (std::size_t i = 0; i < sender.encodings.size(); ++i) {
    if (!answered(sender.encodings[i])) continue;
    kept.push_back(sender.encodings[i]);
    if (i < sender.sources.size()) sources.push_back(sender.sources[i]);
  }
  if (kept.empty()) {
    sender.encodings.resize(1);
    if (sender.sources.size() > 1) sender.sources.resize(1);
    return;
  }
  sender.encodings = std::move(kept);
  sender.sources = std::move(sources);
}

std::vector<std::string> rids_of(const Sender& sender) {
  std::vector<std::string> rids;
  for (const SendEncoding& encoding : sender.encodings)
    if (encoding.rid) rids.push_back(*encoding.rid);
  return rids;
}

}  // namespace parley::jsep
