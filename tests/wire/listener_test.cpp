#include "server/wire/listener.hpp"

#include <asio/io_context.hpp>
#include <doctest/doctest.h>

namespace wire {
namespace {

using Socket = asio::generic::stream_protocol::socket;

TEST_CASE("an accepted TCP client is sent small replies at once: Nagle's algorithm is off") {
  asio::io_context loop;
  std::string address;
  bool no_delay = false;
  Listener listener(loop, {"127.0.0.1", 0},
                    {[&](Socket socket, std::string from) {
                       asio::ip::tcp::no_delay option;
                       socket.get_option(option);
                       no_delay = option.value();
                       address = std::move(from);
                       listener.close();
                     },
                     [](const std::string& why) { FAIL(why); }});
  listener.accept();
  const std::string place = listener.address();
  asio::ip::tcp::socket client(loop);
  const auto port = static_cast<std::uint16_t>(std::stoi(place.substr(place.find(':') + 1)));
  client.connect({asio::ip::make_address("127.0.0.1"), port});
  loop.run();
  CHECK(no_delay);
  CHECK(address == "127.0.0.1:" + std::to_string(client.local_endpoint().port()));
}

TEST_CASE("a listener that is closed leaves no work in the event loop") {
  asio::io_context loop;
  Listener listener(loop, {"127.0.0.1", 0}, {[](Socket, std::string) {}, [](std::string) {}});
  listener.accept();
  listener.close();
  loop.poll();
  CHECK(loop.stopped());
}

}  // namespace
}  // namespace wire
