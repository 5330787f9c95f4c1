// What transports report, and the states summed up from them.
#include <algorithm>

#include "session/connection.hpp"

namespace parley::session {

std::vector<TransportStates> Connection::transport_states() const {
  std::vector<TransportStates> states;
  for (const auto& [id, transport] : transports_)
    states.push_back({.id = id,
                      .ice = transport->ice_state(),
                      .dtls = transport->dtls_state(),
                      .gathering = transport->gathering()});
  return states;
}

void Connection::measure_round_trips() const {
  for (const auto& [id, transport] : transports_) transport->measure_round_trip();
}

bool Connection::is_data_transport(const Transport& transport) const { return data_carrier_ == &transport; }

void Connection::on_ice_state(Transport&) {
  if (observer_ != nullptr) observer_->on_transport_states();
}

void Connection::on_selected_pair(Transport& transport) {
  if (observer_ != nullptr) observer_->on_selected_pair(id_of(transport));
}

jsep::TransportId Connection::id_of(const Transport& transport) const {
  const auto found =
      std::ranges::find_if(transports_, [&](const auto& entry) { return entry.second.get() == &transport; });
  return found == transports_.end() ? jsep::TransportId{} : found->first;
}

void Connection::on_path_changed(Transport& transport) {
  if (is_data_transport(transport)) data_.path_changed();
  media_.path_changed(transport);
}

void Connection::on_dtls_state(Transport& transport, const std::optional<Error>& error) {
  if (observer_ == nullptr) return;
  if (error) observer_->on_dtls_error(id_of(transport), *error);
  if (observer_ != nullptr) observer_->on_transport_states();
  if (observer_ != nullptr && transport.has_srtp()) media_.connected(transport);
  if (observer_ == nullptr || !is_data_transport(transport)) return;
  const dtls::State state = transport.dtls_state();
  if (state == dtls::State::Connected) connect_data_if_ready();
  if (state != dtls::State::Closed && state != dtls::State::Failed) return;
  // webrtc-pc section 6.2: whatever ended the transport, to its channels it is "sctp-failure".
  std::optional<Error> reason = error;
  if (reason) reason->detail = RTCErrorInit{.errorDetail = RTCErrorDetailType::SctpFailure};
  data_.end(reason);
}

void Connection::connect_data_if_ready() {
  if (data_carrier_ != nullptr && data_carrier_->dtls_state() == dtls::State::Connected) data_.connect();
}

void Connection::on_data(Transport& transport, ByteView data) {
  if (is_data_transport(transport)) data_.receive(data);
}

void Connection::on_rtp(Transport& transport, ByteView packet) { media_.receive_rtp(transport, packet); }
void Connection::on_rtcp(Transport& transport, ByteView packet) { media_.receive_rtcp(transport, packet); }

void Connection::on_sctp_state(DataPlane::State state) {
  if (observer_ != nullptr) observer_->on_sctp_state(state);
}

void Connection::on_sctp_packet_ready(ByteView packet) {
  if (data_carrier_ != nullptr) data_carrier_->send(packet);
}

void Connection::on_sctp_probe_ready(ByteView packet) {
  if (data_carrier_ != nullptr) data_carrier_->send_probe(packet);
}

Result<dcep::ChannelKey> Connection::create_channel(dcep::ChannelInit init) {
  auto key = data_.channels().create(std::move(init));
  if (key) wishes_.data_channel = true;
  return key;
}

}  // namespace parley::session
