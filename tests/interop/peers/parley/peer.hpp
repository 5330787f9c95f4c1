#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "acts.hpp"
#include "echo.hpp"
#include "negotiated.hpp"
#include "parley/parley.hpp"

namespace interop {

/// One line to the runner.
void emit(const char* event, nlohmann::json fields);

/// A connection and the signaling of the browser guide: offer, answer and candidates as they come.
class Connection {
 public:
  Connection(std::string name, const parley::RTCConfiguration& configuration, bool trickle);

  /// From now on the descriptions are a PerfectNegotiator's business.
  void negotiate(const nlohmann::json& settings);
  parley::Promise<void> offer();
  parley::Promise<void> receive(nlohmann::json message);
  [[nodiscard]] nlohmann::json state() const;
  /// Makes and sets a description of the request's type, and tells it once it has all candidates.
  parley::Promise<nlohmann::json> step(const nlohmann::json& request);
  /// What the side believes to have agreed on.
  [[nodiscard]] nlohmann::json view() const;

  parley::RTCPeerConnection pc;
  Acts acts{pc};
  const std::string name;
  int incoming = 0;
  std::optional<Echo> echo;
  std::optional<Negotiated> negotiated;
  std::optional<Recording> layered;  // sent in several layers

 private:
  void note_states();
  /// Until there are no more candidates to come.
  parley::Promise<void> gather();
  parley::Promise<void> describe(parley::RTCSessionDescriptionInit description);

  const bool trickle_;
  parley::PromiseResolver<void> gathered_;
};

/// Executes the commands of ../../README.md ("The protocol"). Lives on the event loop.
class Peer {
 public:
  /// Replies when the command is done.
  parley::Promise<void> execute(nlohmann::json request);

 private:
  using json = nlohmann::json;
  parley::Promise<json> run(json request);
  void create(const json& request);
  json open(const json& request);
  void send(const json& request);
  void adopt(const std::string& name, const std::shared_ptr<parley::RTCDataChannel>& channel);

  std::map<std::string, std::shared_ptr<parley::RTCDataChannel>> channels_;
  std::map<std::string, Connection> connections_;
};

}  // namespace interop
