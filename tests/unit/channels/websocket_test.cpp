#include "parley/websocket_signaling.hpp"

#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "parley/errors.hpp"
#include "parley/signaling_server.hpp"
#include "support/pair.hpp"
#include "support/raw_tcp.hpp"
#include "support/signaling_log.hpp"

namespace parley {
namespace {

using nlohmann::json;
using test::Latch;
using test::SignalingLog;
using namespace std::chrono_literals;

/// A server that keeps the first channel that connects.
struct Server {
  explicit Server(const SignalingServerOptions& options = {}) : server(options) {
    server.onconnection = [this](const SignalingConnectionEvent& event) {
      channel = event.channel;
      path = event.path;
      log = std::make_unique<SignalingLog>(*channel);
      connected.set();
    };
  }
  ~Server() { server.close(); }
  SignalingServer server;
  std::shared_ptr<SignalingChannel> channel;
  std::string path;
  std::unique_ptr<SignalingLog> log;
  Latch connected;
};

std::ptrdiff_t count_threads() {
  using std::filesystem::directory_iterator;
  return std::distance(directory_iterator("/proc/self/task"), directory_iterator());
}

TEST(WebSocketSignaling, CarriesMessagesBothWays) {
  Server server;
  WebSocketSignalingChannel client(server.server.signaling_url());
  SignalingLog log(client);
  client.send({{"offer", "before it is open"}});
  ASSERT_TRUE(server.connected.wait());
  ASSERT_TRUE(server.log->wait(R"(message: {"offer":"before it is open"})"));
  server.channel->send({{"answer", "ü\n"}});
  EXPECT_TRUE(log.wait(R"(message: {"answer":"ü\n"})"));
  EXPECT_EQ(log.lines().front(), "open");
}

TEST(WebSocketSignaling, CarriesTheLargestMessageAndNoLargerOne) {
  Server server;
  WebSocketSignalingChannel client(server.server.signaling_url());
  SignalingLog log(client);
  client.send(std::string(SignalingChannel::kMaxMessageBytes - 2, 'x'));
  ASSERT_TRUE(server.connected.wait());
  ASSERT_TRUE(server.log->wait("message: "));
  client.send(std::string(SignalingChannel::kMaxMessageBytes - 1, 'x'));
  ASSERT_TRUE(server.log->wait("close"));
  EXPECT_EQ(server.log->count("error: "), 1);
  EXPECT_EQ(server.log->count("message: "), 1);
  EXPECT_TRUE(log.wait("close"));
}

TEST(WebSocketSignaling, EitherEndMayClose) {
  Server server;
  WebSocketSignalingChannel first(server.server.signaling_url());
  SignalingLog log(first);
  ASSERT_TRUE(server.connected.wait());
  first.send(1);
  first.close();
  first.close();
  EXPECT_THROW(first.send(2), InvalidStateError);
  ASSERT_TRUE(server.log->wait("close"));
  EXPECT_EQ(server.log->count("message: 1"), 1);
  EXPECT_EQ(server.log->count("error: "), 0);

  Server other;
  WebSocketSignalingChannel second(other.server.signaling_url());
  SignalingLog heard(second);
  ASSERT_TRUE(other.connected.wait());
  other.channel->send(1);
  other.channel->close();
  ASSERT_TRUE(heard.wait("close"));
  EXPECT_EQ(heard.count("message: 1"), 1);
}

TEST(WebSocketSignaling, AChannelThatIsGoneSaysGoodbye) {
  Server server;
  auto client = std::make_unique<WebSocketSignalingChannel>(server.server.signaling_url());
  SignalingLog log(*client);
  ASSERT_TRUE(log.wait("open"));
  ASSERT_TRUE(server.connected.wait());
  client->send("last");
  client.reset();
  ASSERT_TRUE(server.log->wait("close"));
  EXPECT_EQ(server.log->count(R"(message: "last")"), 1);
}

TEST(WebSocketSignaling, NoServerIsAnErrorAndAClose) {
  std::string url;
  {
    const SignalingServer gone;
    url = gone.signaling_url();
  }
  WebSocketSignalingChannel client(url);
  SignalingLog log(client);
  ASSERT_TRUE(log.wait("close"));
  EXPECT_EQ(log.count("error: cannot connect: "), 1);
  EXPECT_EQ(client.state(), SignalingChannel::State::Closed);
}

TEST(WebSocketSignaling, AServerThatIsNoWebSocketIsAnErrorAndAClose) {
  Server server;
  WebSocketSignalingChannel client("ws://127.0.0.1:" + std::to_string(server.server.port()) + "/elsewhere");
  SignalingLog log(client);
  ASSERT_TRUE(log.wait("close"));
  EXPECT_EQ(log.count("error: cannot connect: "), 1);
}

TEST(WebSocketSignaling, AServerThatBreaksOffClosesTheChannel) {
  test::RawListener server;
  WebSocketSignalingChannel client(server.url());
  SignalingLog log(client);
  auto connection = server.accept_websocket();
  ASSERT_TRUE(log.wait("open"));
  connection.close();
  EXPECT_TRUE(log.wait("close"));
}

TEST(WebSocketSignaling, ClosingWhileConnectingEndsTheAttempt) {
  test::RawListener silent;
  WebSocketSignalingChannel client(silent.url());
  SignalingLog log(client);
  const auto connection = silent.accept();
  client.close();
  EXPECT_TRUE(log.wait("close"));
  EXPECT_EQ(log.count("error: "), 0);
}

TEST(WebSocketSignaling, WhatIsNotJsonIsAnErrorAndTheChannelLives) {
  test::RawListener server;
  WebSocketSignalingChannel client(server.url());
  SignalingLog log(client);
  auto connection = server.accept_websocket();
  connection.write_text("{not json");
  connection.write_text("7");
  ASSERT_TRUE(log.wait("message: 7"));
  EXPECT_EQ(log.count("error: a message is not JSON"), 1);
}

TEST(WebSocketSignaling, RefusesUrlsThatAreNone) {
  for (const char* url : {"", "localhost:8000", "http://localhost/", "ws://", "ws:/x", "file:///etc/passwd"})
    EXPECT_THROW(WebSocketSignalingChannel{url}, SyntaxError) << url;
}

TEST(WebSocketSignaling, LeavesNoThreadBehind) {
  (void)EventLoop::shared();
  { Server warm_up; }
  const auto before = count_threads();
  for (int i = 0; i < 20; ++i) {
    Server server;
    const WebSocketSignalingChannel client(server.server.signaling_url()), early(server.server.signaling_url());
    ASSERT_TRUE(server.connected.wait());
  }
  // GLib keeps the workers of its resolver for a while, ten at most.
  EXPECT_LE(count_threads(), before + 10);
}

TEST(WebSocketSignaling, MayBeDestroyedByItsOwnHandler) {
  Server server;
  auto client = std::make_unique<WebSocketSignalingChannel>(server.server.signaling_url());
  Latch done;
  client->onmessage = [&] {
    client.reset();
    done.set();
  };
  ASSERT_TRUE(server.connected.wait());
  server.channel->send(1);
  ASSERT_TRUE(done.wait());
  EXPECT_TRUE(server.log->wait("close"));
}

TEST(WebSocketSignaling, ManyThreadsMaySendAndClose) {
  Server server;
  WebSocketSignalingChannel client(server.server.signaling_url());
  constexpr int kThreads = 4, kMessages = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < kMessages; ++k) client.send(k);
    });
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(server.connected.wait());
  ASSERT_TRUE(server.log->wait("message: ", kThreads * kMessages));
  std::thread one([&] { client.close(); }), two([&] { server.channel->close(); });
  one.join();
  two.join();
  EXPECT_TRUE(server.log->wait("close"));
}

/// A main context of this thread's, for the server and a client of it.
struct OwnContext {
  OwnContext() { g_main_context_push_thread_default(context); }
  ~OwnContext() {
    while (g_main_context_iteration(context, FALSE) != FALSE) continue;
    g_main_context_pop_thread_default(context);
    g_main_context_unref(context);
  }
  template <class Condition>
  void run_until(Condition reached) const {
    while (!reached()) g_main_context_iteration(context, FALSE);
  }
  [[nodiscard]] std::unique_ptr<WebSocketSignalingChannel> connect(Server& server) const {
    auto client = std::make_unique<WebSocketSignalingChannel>(server.server.signaling_url(),
                                                              WebSocketOptions{.context = context});
    run_until([&] { return server.connected.is_set(); });
    return client;
  }
  GMainContext* context = g_main_context_new();
};

TEST(WebSocketSignaling, LivesInsideTheCallersContext) {
  const OwnContext own;
  Server server({.context = own.context});
  auto client = own.connect(server);
  Latch heard;
  client->onmessage = [&] { heard.set(); };
  server.channel->send(1);
  own.run_until([&] { return heard.is_set(); });
  client.reset();
  own.run_until([&] { return server.log->count("close") > 0; });
}

/// Whose context it is runs the goodbye later, when the channel is gone.
TEST(WebSocketSignaling, InTheCallersContextMayBeDestroyedByAnotherThread) {
  const OwnContext own;
  Server server({.context = own.context});
  std::thread([gone = own.connect(server)]() mutable { gone.reset(); }).join();
  own.run_until([&] { return server.log->count("close") > 0; });
}

}  // namespace
}  // namespace parley
