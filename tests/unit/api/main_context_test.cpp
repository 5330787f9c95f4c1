// A program that has a GLib main loop already needs no other.
#include <dirent.h>
#include <glib.h>
#include <gtest/gtest.h>

#include "sctp/stack.hpp"
#include "support/pair.hpp"

namespace parley {
namespace {

using test::Pair;

std::size_t threads() {
  std::size_t count = 0;
  DIR* dir = opendir("/proc/self/task");
  while (dir != nullptr && readdir(dir) != nullptr) ++count;
  if (dir != nullptr) closedir(dir);
  return count;
}

/// A main context that the test iterates itself.
class Context {
 public:
  Context() : context_(g_main_context_new()) {}
  ~Context() { g_main_context_unref(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  [[nodiscard]] GMainContext* get() const { return context_; }
  /// Iterates until `done`; false after 20 s.
  template <class Done>
  bool iterate_until(Done done) {
    bool late = false;
    GSource* limit = g_timeout_source_new_seconds(20);
    const auto expire = [](gpointer flag) -> gboolean { return *static_cast<bool*>(flag) = true, G_SOURCE_REMOVE; };
    g_source_set_callback(limit, expire, &late, nullptr);
    g_source_attach(limit, context_);
    while (!done() && !late) g_main_context_iteration(context_, TRUE);
    g_source_destroy(limit);
    g_source_unref(limit);
    return !late;
  }

 private:
  GMainContext* context_;
};

TEST(MainContext, CarriesAWholeConnectionWithoutAnotherThread) {
  Context context;
  sctp::Stack::get();  // usrsctp has a thread, one for the whole process, that sleeps
  const std::size_t before = threads();
  {
    const auto loop = EventLoop::attach(context.get());
    Pair pair(test::on_loopback(loop), test::on_loopback(loop));
    std::string echo;
    bool closed = false, elsewhere = false;
    const auto here = std::this_thread::get_id();
    pair.answerer.ondatachannel = [](const RTCDataChannelEvent& event) {
      event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
    };
    const auto channel = pair.offerer.createDataChannel("x");
    channel->onopen = [&] { channel->send("hello"); };
    channel->onmessage = [&](const MessageEvent& message) {
      echo = message.text();
      elsewhere = std::this_thread::get_id() != here;
    };
    channel->onclose = [&] { closed = true; };
    const auto negotiation = pair.negotiate();
    EXPECT_TRUE(context.iterate_until([&] { return !echo.empty(); }));
    EXPECT_EQ(echo, "hello");
    EXPECT_FALSE(elsewhere);
    EXPECT_FALSE(negotiation.pending());
    EXPECT_LE(threads(), before);  // fewer: the end of an earlier one may take a moment
    channel->close();
    EXPECT_TRUE(context.iterate_until([&] { return closed; }));
  }
}

TEST(MainContext, ConnectsToAPeerOnALoopOfItsOwn) {
  Context context;
  const auto inside = EventLoop::attach(context.get());
  Pair pair(test::on_loopback(inside), test::on_loopback(EventLoop::create()));
  bool echoed = false;
  pair.answerer.ondatachannel = [](const RTCDataChannelEvent& event) {
    event.channel->onmessage = [far = event.channel](const MessageEvent& message) { far->send(message.text()); };
  };
  const auto channel = pair.offerer.createDataChannel("x");
  channel->onopen = [&] { channel->send("hello"); };
  channel->onmessage = [&] { echoed = true; };
  const auto negotiation = pair.negotiate();
  EXPECT_TRUE(context.iterate_until([&] { return echoed; }));
}

}  // namespace
}  // namespace parley
