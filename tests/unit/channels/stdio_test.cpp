#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "parley/errors.hpp"
#include "parley/stdio_signaling.hpp"
#include "support/pair.hpp"
#include "support/signaling_log.hpp"

namespace parley {
namespace {

using test::Latch;
using test::SignalingLog;
using testing::ElementsAre;

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe(ends) != 0) ADD_FAILURE() << "no pipe";
    out = ends[0];
    in = ends[1];
  }
  int out, in;
};

bool is_open(int fd) { return fcntl(fd, F_GETFD) != -1; }

/// Two channels, cross-connected as two programs would be.
struct Programs {
  Pipe there, back;
  StdioSignalingChannel first{{.in = back.out, .out = there.in}};
  StdioSignalingChannel second{{.in = there.out, .out = back.in}};
};

/// A channel whose other end is in the test's hand.
struct Bare {
  ~Bare() {
    close(feed.in);
    close(drain.out);
  }
  void write(std::string_view bytes) const {
    EXPECT_EQ(::write(feed.in, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  Pipe feed, drain;
  StdioSignalingChannel channel{{.in = feed.out, .out = drain.in}};
};

TEST(StdioSignaling, CarriesMessagesBothWays) {
  Programs programs;
  SignalingLog first(programs.first), second(programs.second);
  programs.first.send({{"offer", "x\r\ny"}});
  programs.second.send({{"answer", nullptr}});
  EXPECT_TRUE(first.wait(R"(message: {"answer":null})"));
  EXPECT_TRUE(second.wait(R"(message: {"offer":"x\r\ny"})"));
  EXPECT_TRUE(first.wait("open"));
}

TEST(StdioSignaling, CarriesMessagesLargerThanAPipe) {
  Programs programs;
  SignalingLog second(programs.second);
  const std::string large(SignalingChannel::kMaxMessageBytes - 2, 'x');
  programs.first.send(large);
  programs.first.send("end");
  ASSERT_TRUE(second.wait(R"(message: "end")"));
  EXPECT_EQ(second.lines()[1].size(), std::string("message: ").size() + large.size() + 2);
}

TEST(StdioSignaling, WritesWhatWasSentBeforeClose) {
  Programs programs;
  SignalingLog first(programs.first), second(programs.second);
  programs.first.send(std::string(300'000, 'x'));
  programs.first.close();
  programs.first.close();
  EXPECT_THROW(programs.first.send(1), InvalidStateError);
  ASSERT_TRUE(second.wait("close"));
  EXPECT_EQ(second.count("message: "), 1);
  EXPECT_TRUE(first.wait("close"));
}

TEST(StdioSignaling, ClosesItsDescriptorsWhenItIsGone) {
  Pipe there, back;
  { const StdioSignalingChannel channel({.in = back.out, .out = there.in}); }
  EXPECT_FALSE(is_open(back.out));
  EXPECT_FALSE(is_open(there.in));
  char byte = 0;
  EXPECT_EQ(read(there.out, &byte, 1), 0);
  close(there.out);
  close(back.in);
}

TEST(StdioSignaling, TheEndOfTheInputClosesTheChannel) {
  Bare bare;
  SignalingLog log(bare.channel);
  bare.write("1\n2");
  close(std::exchange(bare.feed.in, open("/dev/null", O_WRONLY)));
  ASSERT_TRUE(log.wait("close"));
  EXPECT_THAT(log.lines(), ElementsAre("open", "message: 1", "message: 2", "close"));
}

TEST(StdioSignaling, AReaderThatIsGoneIsAnErrorAndNoSignal) {
  Bare bare;
  SignalingLog log(bare.channel);
  close(std::exchange(bare.drain.out, open("/dev/null", O_RDONLY)));
  bare.channel.send(1);
  bare.channel.send(2);
  EXPECT_TRUE(log.wait("error: the other end no longer reads", 2));
  bare.write("7\n");
  EXPECT_TRUE(log.wait("message: 7"));
  EXPECT_EQ(log.count("close"), 0);
}

TEST(StdioSignaling, BadLinesAreErrorsAndTheNextOneCounts) {
  Bare bare;
  SignalingLog log(bare.channel);
  bare.write("{\nnull and void\n\n\"\xff\"\n{\"good\":true}\r\n");
  ASSERT_TRUE(log.wait(R"(message: {"good":true})"));
  EXPECT_EQ(log.count("error: a message is not JSON"), 3);
  EXPECT_EQ(log.count("message: "), 1);
}

TEST(StdioSignaling, AnEndlessLineIsOneErrorAndNoMemory) {
  Bare bare;
  SignalingLog log(bare.channel);
  const std::string part(60'000, 'x');
  for (std::size_t sent = 0; sent < 3 * SignalingChannel::kMaxMessageBytes; sent += part.size()) bare.write(part);
  bare.write("\n7\n");
  ASSERT_TRUE(log.wait("message: 7"));
  EXPECT_EQ(log.count("error: a message is too large"), 1);
}

TEST(StdioSignaling, RefusesToQueueMoreThanItsLimitForAReaderThatDoesNotRead) {
  Bare bare;
  const std::string part(500'000, 'x');
  const auto send_too_much = [&] {
    for (std::size_t sent = 0; sent < 2 * StdioSignalingChannel::kMaxQueuedBytes; sent += part.size())
      bare.channel.send(part);
  };
  EXPECT_THROW(send_too_much(), OperationError);
}

TEST(StdioSignaling, OneSocketDoesForBothDirections) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  StdioSignalingChannel first({.in = ends[0], .out = ends[0]});
  auto second = std::make_unique<StdioSignalingChannel>(StdioSignalingChannel::Descriptors{ends[1], ends[1]});
  SignalingLog heard_first(first), heard_second(*second);
  first.send(1);
  second->send(2);
  EXPECT_TRUE(heard_first.wait("message: 2"));
  EXPECT_TRUE(heard_second.wait("message: 1"));
  second.reset();
  EXPECT_TRUE(heard_first.wait("close"));
}

TEST(StdioSignaling, ReadsAFileToItsEnd) {
  std::FILE* file = std::tmpfile();
  std::fputs("1\n2\n", file);
  std::rewind(file);
  StdioSignalingChannel channel({.in = dup(fileno(file)), .out = open("/dev/null", O_WRONLY)});
  SignalingLog log(channel);
  ASSERT_TRUE(log.wait("close"));
  EXPECT_EQ(log.count("message: "), 2);
  std::fclose(file);
}

TEST(StdioSignaling, MayBeDestroyedByItsOwnHandler) {
  Pipe there, back;
  auto channel = std::make_unique<StdioSignalingChannel>(StdioSignalingChannel::Descriptors{back.out, there.in},
                                                         EventLoop::create());
  Latch done;
  channel->onmessage = [&] {
    channel->send("goodbye");
    channel.reset();
    done.set();
  };
  ASSERT_EQ(write(back.in, "1\n", 2), 2);
  ASSERT_TRUE(done.wait());
  char text[32] = {};
  EXPECT_EQ(read(there.out, text, sizeof text), 10);
  EXPECT_STREQ(text, "\"goodbye\"\n");
  close(there.out);
  close(back.in);
}

TEST(StdioSignaling, ManyThreadsMaySendAndClose) {
  Programs programs;
  SignalingLog second(programs.second);
  constexpr int kThreads = 4, kMessages = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < kMessages; ++k) programs.first.send(k);
    });
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(second.wait("message: ", kThreads * kMessages));
  std::thread one([&] { programs.first.close(); }), two([&] { programs.second.close(); });
  one.join();
  two.join();
  EXPECT_TRUE(second.wait("close"));
}

}  // namespace
}  // namespace parley
