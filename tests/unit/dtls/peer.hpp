#pragma once

#include <string>

#include "dtls/transport.hpp"
#include "wire.hpp"

namespace parley::dtls::test {

/// Made once: key generation is the slowest part of these tests.
const std::shared_ptr<const Certificate>& ecdsa_certificate();
const std::shared_ptr<const Certificate>& other_ecdsa_certificate();
const std::shared_ptr<const Certificate>& rsa_certificate();

/// A Transport that writes down what it hears.
class Peer : public Endpoint, public Transport::Handler {
 public:
  explicit Peer(std::shared_ptr<const Certificate> own = ecdsa_certificate(), const Config& config = {})
      : certificate(std::move(own)), transport(std::make_unique<Transport>(certificate, *this, config)) {}

  void receive(ByteView datagram, TimePoint now) override {
    if (transport) transport->receive(datagram, now);
  }
  std::optional<TimePoint> next_deadline() const override {
    return transport ? transport->next_deadline() : std::nullopt;
  }
  void advance(TimePoint now) override {
    if (transport) transport->advance(now);
  }

  void on_dtls_packet(ByteView datagram) override {
    sent.emplace_back(datagram.begin(), datagram.end());
    if (on_packet) on_packet();
    if (output) output(datagram);
  }
  void on_dtls_connected() override {
    story += "connected ";
    if (on_connected) on_connected();
  }
  void on_dtls_data(ByteView data) override {
    story += "data ";
    received.emplace_back(as_text(data));
    if (on_data) on_data(data);
  }
  void on_dtls_closed() override {
    story += "closed ";
    if (on_closed) on_closed();
  }
  void on_dtls_failed(const Error& error) override {
    story += "failed ";
    failure = error;
    if (on_failed) on_failed();
  }

  bool is_connected() const { return transport && transport->state() == State::Connected; }
  std::optional<RTCErrorDetailType> failure_type() const {
    return failure && failure->detail ? std::optional(failure->detail->errorDetail) : std::nullopt;
  }

  std::shared_ptr<const Certificate> certificate;
  std::unique_ptr<Transport> transport;
  std::vector<Bytes> sent;
  std::vector<std::string> received;
  std::string story;  // the calls of the handler in order
  std::optional<Error> failure;
  std::function<void()> on_packet, on_connected, on_closed, on_failed;
  std::function<void(ByteView)> on_data;
};

/// Two peers and the wire between them.
struct Pair {
  explicit Pair(Wire::Fate fate = {}, std::shared_ptr<const Certificate> client_certificate = ecdsa_certificate(),
                std::shared_ptr<const Certificate> server_certificate = other_ecdsa_certificate(),
                const Config& config = {})
      : client(std::move(client_certificate), config),
        server(std::move(server_certificate), config),
        wire(client, server, std::move(fate)) {}

  void start() {
    server.transport->start(Role::Server, {client.certificate->fingerprint()}, wire.now());
    client.transport->start(Role::Client, {server.certificate->fingerprint()}, wire.now());
  }
  bool both_connected() const { return client.is_connected() && server.is_connected(); }
  bool connect(Duration limit = 60s) {
    start();
    return wire.run_until([this] { return both_connected(); }, limit);
  }

  Peer client, server;
  Wire wire;
};

inline bool send(Peer& peer, std::string_view text) { return peer.transport->send(as_bytes(text)); }

}  // namespace parley::dtls::test
