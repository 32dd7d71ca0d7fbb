#include <doctest/doctest.h>

#include "tests/wire/frames.hpp"

namespace wire::resp {
namespace {

using namespace std::string_literals;

TEST_CASE("an array of bulk strings is a command") {
  CHECK(frames_of("*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n") == Frames{"[PING|hello]"});
}

TEST_CASE("a line is a command, with or without a carriage return") {
  CHECK(frames_of("PING hello\r\nPING\n") == Frames{"[PING|hello]", "[PING]"});
}

TEST_CASE("pipelined commands come out in order") {
  CHECK(frames_of("*1\r\n$1\r\na\r\nb\r\n*1\r\n$1\r\nc\r\n") == Frames{"[a]", "[b]", "[c]"});
}

TEST_CASE("arguments may contain any bytes") {
  const std::vector<std::string> args = {"a\r\nb", "\0\xff*1$2"s, ""};
  Framer framer;
  framer.feed(array_of(args));
  CHECK(std::get<Command>(framer.next()).args == args);
}

TEST_CASE("lengths may have leading zeros") {
  CHECK(frames_of("*0001\r\n$0004\r\nPING\r\n") == Frames{"[PING]"});
}

TEST_CASE("empty commands get no reply") {
  CHECK(frames_of("\r\n\n \t\r\n*0\r\n*-1\r\n*-7\r\n").empty());
  CHECK(frames_of("\r\n*0\r\nPING\r\n") == Frames{"[PING]"});
}

TEST_CASE("an empty name is a command: the framer leaves its refusal to the server") {
  CHECK(frames_of("*1\r\n$0\r\n\r\n\"\"\r\n") == Frames{"[]", "[]"});
  Framer framer;
  framer.feed("*1\r\n$0\r\n\r\n");
  CHECK(std::get<Command>(framer.next()).args == std::vector<std::string>{""});
}

TEST_CASE("buffered() counts the bytes that are fed and not yet cut into requests") {
  Framer framer;
  CHECK(framer.buffered() == 0);
  framer.feed("PING\r\nPING\r\n*1\r\n$4\r\nPI");
  CHECK(framer.buffered() == 22);
  framer.next();
  CHECK(framer.buffered() == 16);
  framer.next();
  framer.next();
  CHECK(framer.buffered() == 2);
  framer.feed("NG\r\n");
  CHECK(show(framer.next()) == "[PING]");
  CHECK(framer.buffered() == 0);
}

TEST_CASE("an array that announces many arguments stores only those that have arrived") {
  Framer framer({.args = 1'000'000, .bulk = 1'000'000'000});
  framer.feed("*1000000\r\n$1000000000\r\nabc");
  CHECK(show(framer.next()) == "need more");
  CHECK(framer.buffered() == 3);
}

}  // namespace
}  // namespace wire::resp
