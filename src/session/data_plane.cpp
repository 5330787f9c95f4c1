#include "session/data_plane.hpp"

namespace parley::session {
namespace {

/// Room for one message of the largest size beside the usual; who takes messages of any size has no limit.
std::size_t max_incomplete(std::size_t max_message) {
  return max_message == 0 ? 0 : sctp::Config{}.max_incomplete + max_message;
}

}  // namespace

DataPlane::DataPlane(EventLoop& loop, std::size_t max_receive_size, Observer& observer,
                     dcep::Observer& channel_observer)
    : loop_(loop),
      max_receive_size_(max_receive_size),
      observer_(observer),
      channels_(channel_observer, dcep::Limits{.receive_message_size = max_receive_size}) {}

DataPlane::~DataPlane() { close(); }

void DataPlane::establish(const Config& config) {
  if (closed_) return;
  if (association_) {
    drop_association();
    if (state_ == State::Connected) channels_.transport_closed(std::nullopt);  // others wait for the new one
  }
  config_ = config;
  max_channels_.reset();
  connect_called_ = false;
  association_ = std::make_unique<sctp::Association>(loop_,
                                                     sctp::Config{.local_port = config.local_port,
                                                                  .remote_port = config.remote_port,
                                                                  .max_message_size = max_receive_size_,
                                                                  .max_incomplete = max_incomplete(max_receive_size_)},
                                                     static_cast<sctp::Handler&>(*this));
  set_state(State::Connecting);
}

void DataPlane::set_remote_max_message_size(std::uint64_t bytes) {
  config_.remote_max_message_size = bytes;
  channels_.set_max_message_size(bytes);
}

void DataPlane::connect() {
  if (!association_ || std::exchange(connect_called_, true)) return;
  association_->connect(channels_.streams_wanted());
}

void DataPlane::receive(ByteView packet) {
  if (association_) association_->receive(packet);
}

void DataPlane::path_changed() {
  if (association_) association_->path_changed();
}

void DataPlane::end(const std::optional<Error>& error) {
  if (closed_ || state_ == State::Closed) return;
  // Channels that were never connected wait for another section.
  if (association_) {
    drop_association();
    channels_.transport_closed(error);
  }
  set_state(State::Closed);
}

void DataPlane::close() {
  if (std::exchange(closed_, true)) return;
  drop_association();
  channels_.forget();
  state_ = State::Closed;
}

void DataPlane::drop_association() {
  if (!association_) return;
  association_->close();
  // It may be the one that is calling us.
  loop_.post([gone = std::shared_ptr<sctp::Association>(std::move(association_))] {});
}

std::optional<sctp::Stats> DataPlane::stats() const {
  if (!association_) return std::nullopt;
  return association_->stats();
}

void DataPlane::set_state(State state) {
  state_ = state;
  observer_.on_sctp_state(state);
}

void DataPlane::on_sctp_connected(unsigned streams) {
  max_channels_ = streams;
  set_state(State::Connected);
  if (association_)
    channels_.transport_connected(
        {.wire = *association_, .max_channels = streams, .max_message_size = config_.remote_max_message_size});
}

void DataPlane::on_sctp_message(sctp::StreamId stream, sctp::Ppid ppid, ByteView message) {
  if (!closed_) channels_.receive(stream, ppid, message);
}

void DataPlane::on_sctp_message_too_long(sctp::StreamId stream) {
  if (!closed_) channels_.message_too_long(stream);
}

void DataPlane::on_sctp_incoming_reset(sctp::StreamId stream) {
  if (!closed_) channels_.incoming_reset(stream);
}

void DataPlane::on_sctp_outgoing_reset(sctp::StreamId stream) {
  if (!closed_) channels_.outgoing_reset_done(stream);
}

void DataPlane::on_sctp_writable() {
  if (!closed_) channels_.writable();
}

void DataPlane::on_sctp_closed(const std::optional<Error>& error) { end(error); }

}  // namespace parley::session
