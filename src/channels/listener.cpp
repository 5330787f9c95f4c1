#include "channels/listener.hpp"

#include "channels/main_context.hpp"
#include "channels/served_channel.hpp"
#include "channels/static_files.hpp"

namespace parley::channels {
namespace {

std::uint16_t port_of(SoupServer* server) {
  GSList* uris = soup_server_get_uris(server);
  const int port = uris != nullptr ? g_uri_get_port(static_cast<GUri*>(uris->data)) : 0;
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
  return static_cast<std::uint16_t>(port);
}

bool only_looks(SoupServerMessage* message) {
  const std::string_view method = soup_server_message_get_method(message);
  return method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD;
}

}  // namespace

Listener::Listener(SignalingServerOptions options, std::weak_ptr<MainContext> context,
                   std::shared_ptr<SignalingServerEvents::Lists> lists)
    : options_(std::move(options)), context_(std::move(context)), lists_(std::move(lists)) {}

std::uint16_t Listener::listen(GSocketAddress* address, ErrorPtr& error) {
  server_.reset(soup_server_new(nullptr, nullptr));
  // Compression would let a small message become a very large one.
  soup_server_remove_websocket_extension(server_.get(), SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_handler(server_.get(), nullptr, on_request, this, nullptr);
  soup_server_add_websocket_handler(server_.get(), options_.path.c_str(), nullptr, nullptr, on_websocket, this,
                                    nullptr);
  GError* raw = nullptr;
  const bool listening = soup_server_listen(server_.get(), address, SoupServerListenOptions{}, &raw) != FALSE;
  error.reset(raw);
  return listening ? port_of(server_.get()) : 0;
}

void Listener::stop() {
  if (const auto server = std::move(server_)) soup_server_disconnect(server.get());
}

void Listener::on_websocket(SoupServer*, SoupServerMessage*, const char* path, SoupWebsocketConnection* connection,
                            gpointer data) {
  auto& self = *static_cast<Listener*>(data);
  auto context = self.context_.lock();
  if (!context || *self.connections_ >= SignalingServer::kMaxConnections) {
    soup_websocket_connection_close(connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too many connections");
    return;
  }
  SignalingConnectionEvent event{
      std::make_shared<ServedChannel>(self.options_.loop, std::move(context), self.connections_, connection), path};
  self.options_.loop->post([lists = self.lists_, event = std::move(event)]() mutable {
    lists->get<"connection">()->fire(std::move(event));
  });
}

void Listener::on_request(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*, gpointer data) {
  const auto& self = *static_cast<Listener*>(data);
  if (!only_looks(message)) return soup_server_message_set_status(message, SOUP_STATUS_METHOD_NOT_ALLOWED, nullptr);
  const auto file = self.options_.folder.empty() ? std::nullopt : read_static_file(self.options_.folder, path);
  if (!file) return soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, nullptr);
  soup_message_headers_replace(soup_server_message_get_response_headers(message), "Cache-Control", "no-store");
  soup_server_message_set_response(message, file->content_type.c_str(), SOUP_MEMORY_COPY, file->body.data(),
                                   file->body.size());
  soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
}

}  // namespace parley::channels
