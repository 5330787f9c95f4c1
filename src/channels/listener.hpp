#pragma once

#include <libsoup/soup.h>

#include <atomic>
#include <memory>

#include "channels/gobject.hpp"
#include "parley/signaling_server.hpp"

namespace parley::channels {

class MainContext;

/// The inside of a SignalingServer. Lives in a MainContext and is touched only there.
class Listener {
 public:
  /// `options.loop` is set.
  Listener(SignalingServerOptions options, std::weak_ptr<MainContext> context,
           std::shared_ptr<SignalingServerEvents::Lists> lists);
  ~Listener() { stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The port, or why not.
  std::uint16_t listen(GSocketAddress* address, ErrorPtr& error);
  void stop();

 private:
  static void on_websocket(SoupServer*, SoupServerMessage*, const char* path, SoupWebsocketConnection*, gpointer self);
  static void on_request(SoupServer*, SoupServerMessage*, const char* path, GHashTable* query, gpointer self);

  SignalingServerOptions options_;
  std::weak_ptr<MainContext> context_;
  std::shared_ptr<SignalingServerEvents::Lists> lists_;
  std::shared_ptr<std::atomic<int>> connections_ = std::make_shared<std::atomic<int>>(0);
  ObjectPtr<SoupServer> server_;
};

}  // namespace parley::channels
