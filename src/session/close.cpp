// The beginning and the end of a connection.
#include "base/random.hpp"
#include "session/connection.hpp"

namespace parley::session {

Connection::Connection(EventLoop& loop, Config config, session::Observer& observer)
    : loop_(loop),
      config_(std::move(config)),
      observer_(&observer),
      pool_(loop),
      data_(loop, config_.max_message_size, *this, observer),
      media_(loop, observer, config_.media) {
  snapshot_.capabilities = config_.capabilities;
  snapshot_.header_encryption = config_.header_encryption;
  wishes_.always_data = config_.always_data;
  snapshot_.session_id = system_random().u64() >> 2;  // below 2^62, which every implementation can store
  cname_ = system_random().text(16, kIceChars);       // RFC 7022 section 5: 96 bits, short-term persistent
}

Connection::~Connection() { close(); }

void Connection::close() {
  if (observer_ == nullptr) return;
  observer_ = nullptr;
  snapshot_.state = jsep::SignalingState::Closed;
  // From the top down, so that each layer's goodbye still leaves through the one below.
  data_.close();
  media_.close();
  for (const auto& [id, transport] : transports_) transport->close();
  pool_.clear();
}

}  // namespace parley::session
