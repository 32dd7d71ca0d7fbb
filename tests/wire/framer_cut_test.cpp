#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "tests/wire/frames.hpp"

// The result does not depend on how the network splits the stream.

namespace wire::resp {
namespace {

using namespace std::string_literals;

constexpr Limits small{.args = 4, .bulk = 12, .line = 40, .swallow = 120};

const std::vector<std::string> streams = {
    "*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n*1\r\n$4\r\nQUIT\r\n",
    "PING hello\r\nECHO \"a\\x41\\\" b\" 'it\\'s'\nQUIT\r\n",
    "\r\n\n*0\r\n*-1\r\n  \r\nPING\r\n*01\r\n$04\r\nPING\r\n",
    array_of({"ECHO", "\r\n*1\0\xff"s, ""}) + "PING\r\n",
    array_of({"a", "b", "c", "d", "e"}) + array_of({"ECHO", "longer than that"}) + "PING\r\n",
    "a b c d e\r\nECHO longer_than_that\r\nPING\r\n",
    "PING\r\n*1\r\n$4\r\nPINGS\r\n",
    "PING\r\n*1\r\nPING\r\nPING\r\n",
    "PING\r\n*1\r\n$4\r\nPING\rPING\r\n",
    "PING\r\n*1\r\n$-1\r\nPING\r\n",
    "PING\r\n*x\r\nPING\r\n",
    "PING\r\n*2\r\n$100\r\n" + std::string(100, 'x') + "\r\n$100\r\n",
    "PING\r\nECHO " + std::string(40, 'x') + "\r\nPING\r\n",
    "PING\r\n*" + std::string(40, '0') + "\r\nPING\r\n",
    "PING\r\nECHO 'open\r\nPING\r\n",
    "PING\r\nGET / HTTP/1.1\r\nPING\r\n",
};

void feed_and_drain(Framer& framer, std::string_view bytes, Frames& frames) {
  framer.feed(bytes);
  if (frames.empty() || !frames.back().starts_with("error")) drain(framer, frames);
}

TEST_CASE("a stream split in two at any byte gives the same requests") {
  for (const std::string& stream : streams) {
    const Frames expected = frames_of(stream, small);
    REQUIRE(expected.size() >= 2);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      CAPTURE(stream);
      CAPTURE(cut);
      Framer framer(small);
      Frames frames;
      feed_and_drain(framer, std::string_view(stream).substr(0, cut), frames);
      feed_and_drain(framer, std::string_view(stream).substr(cut), frames);
      CHECK(frames == expected);
    }
  }
}

TEST_CASE("a stream fed byte by byte gives the same requests") {
  for (const std::string& stream : streams) {
    CAPTURE(stream);
    Framer framer(small);
    Frames frames;
    for (const char& byte : stream) feed_and_drain(framer, {&byte, 1}, frames);
    CHECK(frames == frames_of(stream, small));
  }
}

/// Random bytes and lines, many of which are meaningful RESP.
std::string noise(std::mt19937& random) {
  static const std::vector<std::string> scraps = {"*1\r\n",
                                                  "*2\r\n",
                                                  "*5\r\n",
                                                  "*0\r\n",
                                                  "$4\r\n",
                                                  "$20\r\n",
                                                  "$-1\r\n",
                                                  "PING",
                                                  "\r\n",
                                                  "\r",
                                                  "\n",
                                                  "\"a b\"",
                                                  "' '",
                                                  "\\",
                                                  " ",
                                                  "x",
                                                  "0",
                                                  "\0"s,
                                                  "$1\r\nx\r\n",
                                                  "$4\r\nPING\r\n",
                                                  "$13\r\nlonger than 12\r\n"};
  std::string bytes;
  for (auto left = random() % 24; left > 0; --left) bytes += scraps[random() % scraps.size()];
  return bytes;
}

TEST_CASE("random bytes split at random give the same requests") {
  std::mt19937 random(20);
  for (int round = 0; round < 20'000; ++round) {
    const std::string stream = noise(random);
    Framer framer(small);
    Frames frames;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t piece = std::min<std::size_t>(random() % 9 + 1, stream.size() - at);
      feed_and_drain(framer, std::string_view(stream).substr(at, piece), frames);
      at += piece;
      if (framer.buffered() > 42) FAIL_CHECK("more is kept than one piece: " << stream);
    }
    if (frames != frames_of(stream, small)) FAIL_CHECK("depends on the cut: " << stream);
  }
}

TEST_CASE("commands of every shape survive random splits") {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::vector<std::string>> sent(random() % 4 + 1);
    std::string stream;
    for (auto& args : sent) {
      args.resize(random() % small.args + 1);
      for (std::string& arg : args) {
        arg.resize(random() % (small.bulk + 1));
        for (char& byte : arg) byte = static_cast<char>(random());
      }
      stream += array_of(args);
    }
    Framer framer(small);
    std::vector<std::vector<std::string>> received;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t piece = random() % 20 + 1;
      framer.feed(std::string_view(stream).substr(at, piece));
      at += piece;
      for (Frame frame = framer.next(); !std::holds_alternative<NeedMore>(frame);
           frame = framer.next()) {
        received.push_back(std::get<Command>(frame).args);
      }
    }
    CHECK(received == sent);
  }
}

}  // namespace
}  // namespace wire::resp
