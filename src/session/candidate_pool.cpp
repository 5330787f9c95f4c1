#include "session/candidate_pool.hpp"

#include <algorithm>
#include <utility>

namespace parley::session {
namespace {

bool gather_alike(const ice::Agent::Config& a, const ice::Agent::Config& b) {
  const auto same = [](const ice::Server& x, const ice::Server& y) {
    return x.url.text == y.url.text && x.username == y.username && x.credential == y.credential;
  };
  return a.relay_only == b.relay_only && std::ranges::equal(a.servers, b.servers, same);
}

}  // namespace

void CandidatePool::fill(std::size_t size, const ice::Agent::Config& config) {
  if (!gather_alike(config_, config)) clear();
  config_ = config;
  while (agents_.size() > size) agents_.pop_back();
  while (agents_.size() < size) agents_.emplace_back(loop_, config_, static_cast<ice::Agent::Handler&>(*this)).gather();
}

std::optional<ice::Agent> CandidatePool::take() {
  if (agents_.empty()) return std::nullopt;
  std::optional<ice::Agent> taken(std::move(agents_.front()));
  agents_.pop_front();
  return taken;
}

}  // namespace parley::session
