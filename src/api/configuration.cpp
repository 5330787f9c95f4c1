#include "api/configuration.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <utility>

#include "api/codecs.hpp"
#include "parley/event_loop.hpp"

namespace parley::api {
namespace {

/// RFC 8489 section 14.3: fewer than 509 bytes. RFC 8265 section 4.1: never empty.
Result<void> check_credentials(const std::string& url, const RTCIceServer& server) {
  constexpr std::size_t kMostUsernameBytes = 508;
  if (!server.username || !server.credential)
    return fail(ErrorKind::InvalidAccessError, url + " needs a username and a credential");
  if (server.username->size() > kMostUsernameBytes)
    return fail(ErrorKind::InvalidAccessError, "the username for " + url + " has more than 508 bytes");
  if (server.credential->empty()) return fail(ErrorKind::InvalidAccessError, "the credential for " + url + " is empty");
  return {};
}

Result<void> add_servers(const RTCIceServer& server, std::vector<ice::Server>& out) {
  if (server.urls.empty()) return fail(ErrorKind::SyntaxError, "an ice server needs at least one URL");
  for (const std::string& text : server.urls) {
    auto url = ice::parse_server_url(text);
    if (!url) return Unexpected(url.error());
    const bool turn = url->scheme == ice::Scheme::Turn || url->scheme == ice::Scheme::Turns;
    if (turn)
      if (auto checked = check_credentials(text, server); !checked) return checked;
    out.push_back({.url = *std::move(url),
                   .username = server.username.value_or(""),
                   .credential = server.credential.value_or("")});
  }
  return {};
}

/// It is the program's code, called in the middle of an operation.
std::function<bool(std::string_view, std::string_view)> guarded(
    std::function<bool(std::string_view, std::string_view)> filter) {
  return [filter = std::move(filter)](std::string_view interface, std::string_view address) {
    try {
      return filter(interface, address);
    } catch (...) {
      report_unhandled_error(std::current_exception(), "interface_filter");
      return false;
    }
  };
}

Result<void> add_certificates(const RTCConfiguration& configuration, session::Config& config) {
  for (const RTCCertificate& certificate : configuration.certificates) {
    if (certificate.inner()->expired(std::chrono::system_clock::now()))
      return fail(ErrorKind::InvalidAccessError, "a certificate of the configuration has expired");
    config.certificates.push_back(certificate.inner());
  }
  if (!config.certificates.empty()) return {};
  auto made = dtls::Certificate::generate();
  if (!made) return Unexpected(made.error());
  config.certificates.push_back(*std::move(made));
  return {};
}

}  // namespace

Result<ice::Agent::Config> to_ice_config(const RTCConfiguration& configuration) {
  ice::Agent::Config config;
  config.relay_only = configuration.iceTransportPolicy == RTCIceTransportPolicy::Relay;
  config.loopback = configuration.network.include_loopback ? ice::Loopback::Always : ice::Loopback::IfAlone;
  config.port_min = configuration.network.port_min;
  config.port_max = configuration.network.port_max;
  if (configuration.network.interface_filter) config.allow = guarded(configuration.network.interface_filter);
  config.fast_path = configuration.network.fast_path;
  if (config.port_min > config.port_max) return fail(ErrorKind::RangeError, "port_min is above port_max");
  for (const RTCIceServer& server : configuration.iceServers)
    if (auto added = add_servers(server, config.servers); !added) return Unexpected(added.error());
  return config;
}

Result<session::Config> to_session_config(const RTCConfiguration& configuration) {
  session::Config config;
  config.max_message_size = configuration.network.max_message_size;
  config.always_data = configuration.alwaysNegotiateDataChannels;
  config.capabilities = current_capabilities();
  config.media = {.make_controller = configuration.network.congestion_controller, .l4s = configuration.network.l4s};
  config.bundle_policy = static_cast<jsep::BundlePolicy>(configuration.bundlePolicy);  // the same order
  config.header_encryption = configuration.rtpHeaderEncryptionPolicy == RTCRtpHeaderEncryptionPolicy::Require
                                 ? jsep::HeaderEncryption::Require
                                 : jsep::HeaderEncryption::Negotiate;
  // webrtc-pc section 4.4.1.1 looks at the certificates before the servers.
  if (auto added = add_certificates(configuration, config); !added) return Unexpected(added.error());
  auto ice = to_ice_config(configuration);
  if (!ice) return Unexpected(std::move(ice).error());
  config.ice = *std::move(ice);
  return config;
}

bool gathers_otherwise(const RTCConfiguration& before, const RTCConfiguration& now) {
  const auto same = [](const RTCIceServer& a, const RTCIceServer& b) {
    return std::ranges::equal(a.urls, b.urls) && a.username == b.username && a.credential == b.credential;
  };
  return before.iceTransportPolicy != now.iceTransportPolicy ||
         !std::ranges::equal(before.iceServers, now.iceServers, same);
}

Result<void> check_unchanged(const RTCConfiguration& now, const RTCConfiguration& wanted) {
  const auto refuse = [](std::string what) {
    return fail(ErrorKind::InvalidModificationError, std::move(what) + " cannot be changed");
  };
  if (now.certificates != wanted.certificates) return refuse("certificates");
  if (now.bundlePolicy != wanted.bundlePolicy) return refuse("bundlePolicy");
  if (now.rtcpMuxPolicy != wanted.rtcpMuxPolicy) return refuse("rtcpMuxPolicy");
  if (now.rtpHeaderEncryptionPolicy != wanted.rtpHeaderEncryptionPolicy) return refuse("rtpHeaderEncryptionPolicy");
  return {};
}

}  // namespace parley::api
