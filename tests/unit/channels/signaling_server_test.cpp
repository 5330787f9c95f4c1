#include "parley/signaling_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "channels/static_files.hpp"
#include "parley/errors.hpp"
#include "parley/websocket_signaling.hpp"
#include "support/pair.hpp"
#include "support/raw_tcp.hpp"
#include "support/signaling_log.hpp"

namespace parley {
namespace {

namespace fs = std::filesystem;
using channels::read_static_file;
using test::Latch;
using test::SignalingLog;
using testing::HasSubstr;
using testing::StartsWith;

/// A folder with a page in it and a secret beside it.
struct Folder {
  Folder() {
    fs::create_directories(page / "sub");
    std::ofstream(page / "index.html") << "<p>hello</p>";
    std::ofstream(page / "sub/code.js") << "1";
    std::ofstream(page / "signaling.js") << "2";
    std::ofstream(top / "secret") << "s";
    fs::create_symlink(top / "secret", page / "link");
  }
  ~Folder() { fs::remove_all(top); }
  const fs::path top = fs::temp_directory_path() / ("parley-files-" + std::to_string(getpid()));
  const fs::path page = top / "page";
};

TEST(StaticFiles, AreFoundByTheirPath) {
  const Folder folder;
  EXPECT_EQ(read_static_file(folder.page, "/")->body, "<p>hello</p>");
  EXPECT_EQ(read_static_file(folder.page, "/index.html")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(read_static_file(folder.page, "/sub/code.js")->body, "1");
  EXPECT_EQ(read_static_file(folder.page, "/sub/../index.html")->body, "<p>hello</p>");
}

TEST(StaticFiles, NothingOutsideTheFolderIsServed) {
  const Folder folder;
  for (const char* path :
       {"/../secret", "/sub/../../secret", "//etc/passwd", "/link", "/sub", "/missing", "", "secret"})
    EXPECT_FALSE(read_static_file(folder.page, path).has_value()) << path;
}

TEST(SignalingServer, ServesThePage) {
  const Folder folder;
  const SignalingServer server({.folder = folder.page.string()});
  const std::string reply = test::http(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(reply, HasSubstr("Content-Type: text/html"));
  EXPECT_THAT(reply, HasSubstr("<p>hello</p>"));
  EXPECT_THAT(test::http(server.port(), "GET /signaling.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST(SignalingServer, RefusesWhatItDoesNotHave) {
  const Folder folder;
  const SignalingServer server({.folder = folder.page.string()});
  const auto ask = [&](const std::string& line) {
    return test::http(server.port(), line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  };
  EXPECT_THAT(ask("GET /missing"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("GET /../secret"), testing::Not(HasSubstr("200")));
  EXPECT_THAT(ask("GET /%2e%2e/secret"), testing::Not(HasSubstr("200")));
  EXPECT_THAT(ask("POST /"), StartsWith("HTTP/1.1 405"));
}

TEST(SignalingServer, TellsThePathThatWasAskedFor) {
  SignalingServer server({.path = "/rooms/"});
  Latch connected;
  std::string path;
  std::shared_ptr<SignalingChannel> kept;
  server.onconnection = [&](const SignalingConnectionEvent& event) {
    path = event.path;
    kept = event.channel;
    connected.set();
  };
  const WebSocketSignalingChannel client(server.signaling_url() + "seven");
  ASSERT_TRUE(connected.wait());
  EXPECT_EQ(path, "/rooms/seven");
  server.close();
}

TEST(SignalingServer, AChannelThatNobodyKeepsIsClosed) {
  const SignalingServer server;
  WebSocketSignalingChannel client(server.signaling_url());
  SignalingLog log(client);
  EXPECT_TRUE(log.wait("close"));
}

TEST(SignalingServer, ItsChannelsOutliveIt) {
  auto server = std::make_unique<SignalingServer>();
  Latch connected;
  std::shared_ptr<SignalingChannel> kept;
  server->onconnection = [&](const SignalingConnectionEvent& event) {
    kept = event.channel;
    connected.set();
  };
  WebSocketSignalingChannel client(server->signaling_url());
  SignalingLog log(client);
  ASSERT_TRUE(connected.wait());
  server.reset();
  kept->send(7);
  EXPECT_TRUE(log.wait("message: 7"));
}

TEST(SignalingServer, AnAddressThatIsTakenIsANetworkError) {
  const SignalingServer first;
  EXPECT_THROW(SignalingServer({.port = first.port()}), NetworkError);
}

TEST(SignalingServer, OptionsThatMakeNoSenseAreATypeError) {
  EXPECT_THROW(SignalingServer({.address = "localhost"}), TypeError);
  EXPECT_THROW(SignalingServer({.path = "signaling/"}), TypeError);
  EXPECT_THROW(SignalingServer({.path = "/signaling"}), TypeError);
  EXPECT_THROW(SignalingServer({.folder = "/does/not/exist"}), TypeError);
}

TEST(SignalingServer, AClientThatIsNoneDoesNoHarm) {
  SignalingServer server;
  for (const char* bytes : {"\r\n\r\n", "GET /signaling/ HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02"})
    (void)test::http(server.port(), bytes);
  WebSocketSignalingChannel client(server.signaling_url());
  SignalingLog log(client);
  EXPECT_TRUE(log.wait("open"));
}

}  // namespace
}  // namespace parley
