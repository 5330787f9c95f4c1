#include "base/log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tracked.hpp"

namespace parley {
namespace {

class Log : public testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([this](const LogRecord& record) {
      lines.push_back(std::string(record.component) + "|" + std::string(record.message));
      levels.push_back(record.level);
    });
  }
  void TearDown() override {
    set_log_sink(nullptr);
    set_log_level(LogLevel::Warning);
  }
  std::vector<std::string> lines;
  std::vector<LogLevel> levels;
};

struct Counted {
  int* formatted;
};
std::ostream& operator<<(std::ostream& out, const Counted& counted) {
  ++*counted.formatted;
  return out << "x";
}

TEST_F(Log, LinesBelowTheLevelAreNotEvenFormatted) {
  int formatted = 0;
  log(LogLevel::Info, "ice", Counted{&formatted});
  EXPECT_EQ(formatted, 0);
  log(LogLevel::Warning, "ice", "pair ", 3, ' ', Counted{&formatted});
  EXPECT_EQ(formatted, 1);
  EXPECT_EQ(lines, std::vector<std::string>{"ice|pair 3 x"});
  EXPECT_EQ(levels, std::vector<LogLevel>{LogLevel::Warning});
}

TEST_F(Log, EveryLevelIsAThreshold) {
  const LogLevel all[] = {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error};
  for (const LogLevel threshold : all) {
    levels.clear();
    set_log_level(threshold);
    for (const LogLevel level : all) log(level, "t", "line");
    EXPECT_EQ(levels.size(), 4 - static_cast<std::size_t>(threshold));
    for (const LogLevel level : levels) EXPECT_GE(level, threshold);
  }
}

TEST_F(Log, OffSilencesEverything) {
  set_log_level(LogLevel::Off);
  log(LogLevel::Error, "t", "line");
  EXPECT_TRUE(lines.empty());
}

TEST_F(Log, WithoutASinkLinesGoToStandardError) {
  set_log_sink(nullptr);
  testing::internal::CaptureStderr();
  log(LogLevel::Error, "dtls", "closed ", 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "parley error [dtls] closed 2\n");
}

TEST_F(Log, ASinkThatThrowsLosesTheLineOnly) {
  set_log_sink([](const LogRecord&) { throw std::runtime_error("full"); });
  EXPECT_NO_THROW(log(LogLevel::Error, "t", "line"));
  SetUp();
  log(LogLevel::Error, "t", "next");
  EXPECT_EQ(lines.size(), 1u);
}

TEST_F(Log, AReplacedSinkMayLogWhileItIsDestroyed) {
  set_log_sink([end = std::make_shared<AtEnd>([] { log(LogLevel::Error, "t", "farewell"); })](const LogRecord&) {});
  SetUp();
  EXPECT_EQ(lines, std::vector<std::string>{"t|farewell"});
}

TEST_F(Log, TheSinkMayBeExchangedWhileOthersLog) {
  std::atomic<int> written = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  set_log_sink([&](const LogRecord&) { ++written; });
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) log(LogLevel::Error, "t", i);
    });
  std::thread exchange([&] {
    while (!done) {
      auto alive = std::make_shared<bool>(true);
      set_log_sink([&written, alive](const LogRecord&) { written += *alive ? 1 : 0; });
    }
  });
  for (std::thread& thread : threads) thread.join();
  done = true;
  exchange.join();
  set_log_sink(nullptr);
  EXPECT_EQ(written, 4 * 500);
}

TEST_F(Log, ASecretIsNeverPrinted) {
  log(LogLevel::Error, "turn", "user ", "bob", " password ", Secret{"hunter2"});
  EXPECT_EQ(lines, std::vector<std::string>{"turn|user bob password [secret]"});
}

TEST(RedactSdp, TakesOutPasswordsAndKeysOnly) {
  EXPECT_EQ(redact_sdp("v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:verysecret\r\nk=clear:x\r\n"
                       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:zzz\r\na=key-mgmt:mikey AQAF\r\na=sendrecv\r\n"),
            "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:[secret]\r\nk=[secret]\r\n"
            "a=crypto:[secret]\r\na=key-mgmt:[secret]\r\na=sendrecv\r\n");
}

TEST(RedactSdp, WhateverTheLineEndingsAre) {
  EXPECT_EQ(redact_sdp("a=ice-pwd:x\na=mid:0\n"), "a=ice-pwd:[secret]\na=mid:0\n");
  EXPECT_EQ(redact_sdp("a=mid:0\ra=ice-pwd:x\ra=b"), "a=mid:0\ra=ice-pwd:[secret]\ra=b");
  EXPECT_EQ(redact_sdp("a=mid:0\r\n\r\n\na=ice-pwd:x"), "a=mid:0\r\n\r\n\na=ice-pwd:[secret]");
  EXPECT_EQ(redact_sdp("a=ice-pwd:x"), "a=ice-pwd:[secret]");
  EXPECT_EQ(redact_sdp("a=ice-pwd:x\r"), "a=ice-pwd:[secret]\r");
}

TEST(RedactSdp, WhateverTheCase) { EXPECT_EQ(redact_sdp("A=ICE-Pwd:x\nK=y"), "a=ice-pwd:[secret]\nk=[secret]"); }

TEST(RedactSdp, LeavesOtherTextAlone) {
  for (const char* text : {"", "\r\n", "\n", "hello", "a=ice-pw", "k", "a=fmtp:96 k=1\r\n", "a=x\r\n"})
    EXPECT_EQ(redact_sdp(text), text);
}

}  // namespace
}  // namespace parley
