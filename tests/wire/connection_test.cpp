#include "server/wire/connection.hpp"

#include <array>
#include <thread>

#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <doctest/doctest.h>
#include <sys/socket.h>

namespace wire {
namespace {

using std::chrono::hours;

/// Records the commands, and answers none unless it is asked to.
struct Recorder : Service {
  void execute(const std::shared_ptr<Connection>& client, std::vector<std::string> words) override {
    executed.push_back(words[0]);
    if (words[0] == "QUIT") {
      client->answer(bank::Reply::ok());
      return client->close_after_reply();
    }
    client->answered_by(nullptr, hours(1));
  }
  void closed(Connection&) override { ++closings; }
  void answered_with_error(const Connection&, const bank::Reply::Error& error) override {
    refusals.push_back(error.text);
  }
  std::vector<std::string> executed;
  std::vector<std::string> refusals;
  int closings = 0;
};

/// Longer than the socket takes.
const std::string long_text(4 * 1024 * 1024, 'x');

/// A connection, and the client's end of its socket.
struct Pair {
  Pair() : client(loop) {
    asio::local::stream_protocol::socket server(loop);
    asio::local::connect_pair(server, client);
    connection = std::make_shared<Connection>(service, Timeouts{}, Socket(std::move(server)), 1,
                                              Connection::Door::admin, "here");
    connection->start();
  }
  void send(const std::string& bytes) {
    ::send(client.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    loop.poll();
  }
  /// The bytes that the client has received since the last call; "<end>" marks the end of the
  /// stream.
  std::string received() {
    loop.poll();
    std::string all;
    std::array<char, 4096> bytes;
    for (;;) {
      const ssize_t count =
          ::recv(client.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (count == 0) return all + "<end>";
      if (count < 0) return all;
      all.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  std::string received_while_more_comes() {
    std::string all;
    for (std::string part = received(); !part.empty(); part = received()) all += part;
    return all;
  }
  asio::io_context loop;
  Recorder service;
  asio::local::stream_protocol::socket client;
  std::shared_ptr<Connection> connection;
};

TEST_CASE("a pipelined command is executed once the reply before it is delivered") {
  Pair pair;
  pair.send("ONE\r\nTWO\r\n");
  CHECK(pair.service.executed == std::vector<std::string>{"ONE"});
  CHECK(pair.connection->owes_reply());
  std::thread worker([&] { CHECK(pair.connection->deliver(bank::Reply::integer(1))); });
  worker.join();
  CHECK(pair.received() == ":1\r\n");
  CHECK(pair.service.executed == std::vector<std::string>{"ONE", "TWO"});
}

TEST_CASE("every reply that is longer than the socket takes is sent whole") {
  Pair pair;
  for (int number = 1; number <= 3; ++number) {
    pair.send("ONE\r\n");
    CHECK(pair.connection->deliver(bank::Reply::bulk(long_text)));
    const std::size_t bytes = pair.received_while_more_comes().size();
    CHECK_MESSAGE(bytes > long_text.size(), "reply " << number << " ends after " << bytes);
  }
}

TEST_CASE("while a client leaves a long reply unread, its next command waits") {
  Pair pair;
  pair.send("ONE\r\nTWO\r\n");
  CHECK(pair.connection->deliver(bank::Reply::bulk(long_text)));
  pair.loop.poll();
  CHECK_MESSAGE(pair.service.executed.size() == 1, "a client can make replies pile up unread");
  pair.received_while_more_comes();
  CHECK(pair.service.executed == std::vector<std::string>{"ONE", "TWO"});
}

TEST_CASE("a connection that ends sends its last reply, executes nothing more, and then closes") {
  Pair pair;
  pair.send("QUIT\r\nMORE\r\n");
  CHECK(pair.received() == "+OK\r\n<end>");
  CHECK(pair.service.executed == std::vector<std::string>{"QUIT"});
  CHECK(pair.service.closings == 0);  // it lingers until the client has closed, too
  pair.client.close();
  pair.loop.poll();
  CHECK(pair.service.closings == 1);
}

TEST_CASE("a closed connection leaves nothing in the event loop: no timer, no wait, no reference") {
  Pair pair;
  pair.send("ONE\r\n");
  pair.connection->close_now();
  pair.connection->close_now();
  CHECK(pair.service.closings == 1);
  CHECK(!pair.connection->deliver(bank::Reply::ok()));
  CHECK(pair.received() == "<end>");
  const std::weak_ptr<Connection> last = pair.connection;
  pair.connection.reset();
  CHECK(last.expired());
  CHECK_MESSAGE(pair.loop.stopped(), "the event loop still waits for something");
}

TEST_CASE("a reply to a lost client counts as not received") {
  Pair pair;
  pair.send("ONE\r\n");
  pair.client.shutdown(asio::local::stream_protocol::socket::shutdown_send);
  pair.loop.poll();
  CHECK(!pair.connection->deliver(bank::Reply::integer(1)));
  CHECK(pair.received() == ":1\r\n<end>");
}

TEST_CASE("the reply in flight comes before the end although the client sends on") {
  Pair pair;
  pair.send("ONE\r\nTWO\r\n");
  pair.connection->close_after_reply();
  CHECK(pair.received().empty());
  pair.send("THREE\r\n");
  pair.connection->deliver(bank::Reply::integer(1));
  CHECK(pair.received() == ":1\r\n<end>");
  CHECK(pair.service.executed == std::vector<std::string>{"ONE"});
}

TEST_CASE("broken framing is reported to the service and ends the connection") {
  Pair pair;
  pair.send("*x\r\nPING\r\n");
  CHECK(pair.received() == "-ERR Protocol error: invalid multibulk length\r\n<end>");
  CHECK(pair.service.refusals.size() == 1);
  CHECK(pair.service.executed.empty());
}

TEST_CASE("time-outs close a client that leaves replies unread, and only such a client") {
  const auto now = seam::now();
  for (const bool reads : {true, false}) {
    Pair pair;
    auto socket = asio::local::stream_protocol::socket(pair.loop);
    asio::local::stream_protocol::socket client(pair.loop);
    asio::local::connect_pair(socket, client);
    Timeouts timeouts;
    timeouts.write = hours(1);
    const auto connection = std::make_shared<Connection>(
        pair.service, timeouts, Socket(std::move(socket)), 2, Connection::Door::admin, "here");
    const std::size_t size = reads ? 10 : 4 * 1024 * 1024;
    connection->answer(bank::Reply::bulk(std::string(size, 'x')));
    connection->sweep(now);
    CHECK(pair.service.closings == 0);
    connection->sweep(now + hours(2));
    CHECK(pair.service.closings == (reads ? 0 : 1));
    connection->close_now();
  }
}

}  // namespace
}  // namespace wire
