#include "parley/signaling_server.hpp"

#include <filesystem>

#include "channels/listener.hpp"
#include "channels/main_context.hpp"
#include "parley/errors.hpp"
#include "parley/event_loop.hpp"

namespace parley {
namespace {

channels::ObjectPtr<GSocketAddress> address_of(const SignalingServerOptions& options) {
  channels::ObjectPtr<GSocketAddress> address(
      g_inet_socket_address_new_from_string(options.address.c_str(), options.port));
  if (!address) throw TypeError("not an IP address: " + options.address);
  return address;
}

void check(const SignalingServerOptions& options) {
  if (!options.path.starts_with('/') || !options.path.ends_with('/'))
    throw TypeError("the path of a signaling server starts and ends with '/'");
  if (!options.folder.empty() && !std::filesystem::is_directory(options.folder))
    throw TypeError("not a folder: " + options.folder);
}

std::string authority(const SignalingServerOptions& options, std::uint16_t port) {
  const bool v6 = options.address.find(':') != std::string::npos;
  return (v6 ? '[' + options.address + ']' : options.address) + ':' + std::to_string(port);
}

}  // namespace

SignalingServer::SignalingServer(const SignalingServerOptions& options) : options_(options) {
  check(options);
  options_.loop = options.loop ? options.loop : EventLoop::current_or_shared();
  const auto address = address_of(options);
  context_ = channels::MainContext::make(options.context);
  listener_ = std::make_shared<channels::Listener>(options_, context_, lists());
  channels::ErrorPtr error;
  context_->run([&] { port_ = listener_->listen(address.get(), error); });
  if (port_ != 0) return;
  close();
  throw NetworkError("cannot listen on " + authority(options_, options_.port) + ": " + error->message);
}

SignalingServer::~SignalingServer() { close(); }

std::string SignalingServer::page_url() const { return "http://" + authority(options_, port_) + '/'; }
std::string SignalingServer::signaling_url() const { return "ws://" + authority(options_, port_) + options_.path; }

void SignalingServer::close() {
  context_->run_last([listener = listener_] { listener->stop(); });
  options_.loop->run([lists = lists()] { lists->close(); });
}

}  // namespace parley
