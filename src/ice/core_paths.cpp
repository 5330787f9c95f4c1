#include "ice/core.hpp"

namespace parley::ice {

/// Before libnice reads it, from inside the driver: nothing may be changed there.
void Agent::Core::on_nice_arrival(ByteView datagram, const SocketAddress& base, const SocketAddress& from) {
  if (closed_ || !paths_.arrived(datagram, {base, from}, Clock::now())) return;
  if (remote_ && direct_ && direct_->local() == base) direct_->accept(from);  // signed by the peer
  later([](Core& core) { core.run_paths(); });
}

void Agent::Core::run_paths() {
  if (paths_.too_many_early()) nice_->refuse_checks(true);
  for (const auto& [path, message] : paths_.advance(Clock::now())) nice_->send_beside(path.base, message, path.remote);
  if (const auto choice = paths_.take_choice()) nice_->select(choice->path.base, choice->path.remote, choice->mapped);
  paths_timer_.cancel();
  if (const auto deadline = paths_.next_deadline())
    paths_timer_ = reactor_.at(*deadline, [this] { later([](Core& core) { core.run_paths(); }); });
}

void Agent::Core::note_selected(const std::optional<SocketAddress>& remote) {
  const int socket = nice_->selected_socket();
  std::optional<Path> path;
  if (socket >= 0 && remote) path = Path{local_address(socket), *remote};
  paths_.selected(path, Clock::now());
}

}  // namespace parley::ice
