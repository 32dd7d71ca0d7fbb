#include <doctest/doctest.h>

#include "tests/wire/frames.hpp"

namespace wire::resp {
namespace {

constexpr Limits tight{.args = 3, .bulk = 5, .line = 20, .swallow = 100};
const std::string too_many = "too big: a command has at most 3 arguments here";
const std::string too_long = "too big: an argument has at most 5 bytes here";

TEST_CASE("a command exactly at the limits is served") {
  CHECK(frames_of(array_of({"a", "b", "hello"}), tight) == Frames{"[a|b|hello]"});
  CHECK(frames_of("hello hello hello\r\n", tight) == Frames{"[hello|hello|hello]"});
}

TEST_CASE("a command over a limit is refused once, and the next one is served") {
  CHECK(frames_of(array_of({"a", "b", "c", "d"}) + "PING\r\n", tight) ==
        Frames{too_many, "[PING]"});
  CHECK(frames_of(array_of({"a", "longer", "c"}) + "PING\r\n", tight) ==
        Frames{too_long, "[PING]"});
  CHECK(frames_of("a b c d\r\nPING\r\n", tight) == Frames{too_many, "[PING]"});
  CHECK(frames_of("a longer\r\nPING\r\n", tight) == Frames{too_long, "[PING]"});
}

TEST_CASE("a command over several limits is refused once") {
  CHECK(frames_of(array_of({"longer", "longer"}), tight) == Frames{too_long});
  CHECK(frames_of(array_of({"a", "b", "c", "longer"}), tight) == Frames{too_many});
}

TEST_CASE("a refused command is not stored while it arrives") {
  Framer framer({.bulk = 10, .swallow = 1000});
  framer.feed("*1\r\n$500\r\n");
  for (int i = 0; i < 50; ++i) {
    CHECK(show(framer.next()) == "need more");
    CHECK(framer.buffered() == 0);
    framer.feed("0123456789");
  }
  framer.feed("\r\n");
  CHECK(show(framer.next()) == "too big: an argument has at most 10 bytes here");
}

TEST_CASE("a refused command can still break the framing") {
  CHECK(frames_of("*9\r\n$1\r\na\r\nb\r\n", tight) == Frames{"error: expected '$', got 'b'"});
  CHECK(frames_of("*1\r\n$6\r\nlongerPING\r\n", tight) ==
        Frames{"error: expected CRLF after an argument"});
}

TEST_CASE("a refused command larger than the swallow limit is a protocol error") {
  CHECK(frames_of("*16\r\n", tight).empty());
  CHECK(frames_of("*17\r\n", tight) == Frames{"error: invalid multibulk length"});
  CHECK(frames_of("*1\r\n$93\r\n", tight).empty());
  CHECK(frames_of("*1\r\n$94\r\n", tight) == Frames{"error: invalid bulk length"});
  CHECK(frames_of(array_of({std::string(40, 'a'), std::string(46, 'b')}), tight) ==
        Frames{too_long});
  CHECK(frames_of(array_of({std::string(40, 'a'), std::string(47, 'b')}), tight) ==
        Frames{"error: invalid bulk length"});
  CHECK(frames_of("*4\r\n$0000000000000001\r\na\r\n$00000000000000001\r\n", tight).empty());
}

TEST_CASE("each refused command has the whole swallow limit") {
  const std::string big = array_of({std::string(80, 'a')});
  CHECK(frames_of(big + big + big + "PING\r\n", tight) ==
        Frames{too_long, too_long, too_long, "[PING]"});
}

TEST_CASE("a line over its limit is a protocol error, with or without a line end") {
  const Limits lines{.line = 4};
  CHECK(frames_of("abcd\n", lines) == Frames{"[abcd]"});
  CHECK(frames_of("abcd", lines).empty());
  CHECK(frames_of("abcde", lines) == Frames{"error: too big inline request"});
  CHECK(frames_of("abcde\n", lines) == Frames{"error: too big inline request"});
  CHECK(frames_of("*0001", lines) == Frames{"error: too big mbulk count string"});
  CHECK(frames_of("*1\r\n$0001", lines) == Frames{"error: too big bulk count string"});
}

TEST_CASE("new limits apply from the next command on") {
  Framer framer(before_auth);
  const std::string letter = array_of({"ECHO", std::string(1025, 'x')});
  framer.feed(letter + letter);
  CHECK(show(framer.next()) == "too big: an argument has at most 1024 bytes here");
  framer.set_limits({});
  CHECK(std::get<Command>(framer.next()).args[1].size() == 1025);
}

TEST_CASE("after NeedMore at most one piece is buffered") {
  Framer framer(tight);
  framer.feed("*2\r\n$5\r\nhello\r");
  CHECK(show(framer.next()) == "need more");
  CHECK(framer.buffered() == 6);
  Framer line(tight);
  line.feed(std::string(20, 'x'));
  CHECK(show(line.next()) == "need more");
  CHECK(line.buffered() == 20);
}

}  // namespace
}  // namespace wire::resp
