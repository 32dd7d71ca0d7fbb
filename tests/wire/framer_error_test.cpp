#include <array>

#include <doctest/doctest.h>

#include "tests/wire/frames.hpp"

namespace wire::resp {
namespace {

struct Malformed {
  std::string_view bytes;
  std::string_view text;
};

constexpr std::array malformed = {
    Malformed{"*\r\n", "invalid multibulk length"},
    Malformed{"*a\r\n", "invalid multibulk length"},
    Malformed{"*+1\r\n", "invalid multibulk length"},
    Malformed{"* 1\r\n", "invalid multibulk length"},
    Malformed{"*1 \r\n", "invalid multibulk length"},
    Malformed{"*1x\r\n", "invalid multibulk length"},
    Malformed{"*--1\r\n", "invalid multibulk length"},
    Malformed{"*1\n", "invalid multibulk length"},
    Malformed{"*1\rx\r\n", "invalid multibulk length"},
    Malformed{"*2147483648\r\n", "invalid multibulk length"},
    Malformed{"*9223372036854775808\r\n", "invalid multibulk length"},
    Malformed{"*-9223372036854775809\r\n", "invalid multibulk length"},
    Malformed{"*99999999999999999999999999\r\n", "invalid multibulk length"},
    Malformed{"*1\r\nPING\r\n", "expected '$', got 'P'"},
    Malformed{"*1\r\n:4\r\n", "expected '$', got ':'"},
    Malformed{"*1\r\n*1\r\n", "expected '$', got '*'"},
    Malformed{"*1\r\n\r\n", "expected '$', got '\\x0d'"},
    Malformed{"*1\r\n\xfe", "expected '$', got '\\xfe'"},
    Malformed{"*2\r\n$4\r\nPING\r\nhello\r\n", "expected '$', got 'h'"},
    Malformed{"*1\r\n$\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$x\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$-1\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$4\nPING\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$9223372036854775807\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$18446744073709551620\r\n", "invalid bulk length"},
    Malformed{"*1\r\n$4\r\nPINGER\r\n", "expected CRLF after an argument"},
    Malformed{"*1\r\n$4\r\nPING\n\n", "expected CRLF after an argument"},
    Malformed{"*1\r\n$4\r\nPING\rx", "expected CRLF after an argument"},
    Malformed{"PING \"hello\r\n", "unbalanced quotes in request"},
    Malformed{"PING 'hello'there\r\n", "unbalanced quotes in request"},
    Malformed{"GET / HTTP/1.1\r\n", "this is not an HTTP server"},
    Malformed{"Host: localhost\r\n", "this is not an HTTP server"},
};

TEST_CASE("broken framing is a protocol error, and no request follows it") {
  for (const Malformed& row : malformed) {
    CAPTURE(row.bytes);
    Framer framer;
    framer.feed(row.bytes);
    CHECK(show(framer.next()) == "error: " + std::string(row.text));
    CHECK(framer.buffered() == 0);
    framer.feed("*1\r\n$4\r\nPING\r\n");
    CHECK(framer.buffered() == 0);
    CHECK(show(framer.next()) == "error: " + std::string(row.text));
  }
}

TEST_CASE("requests before the broken frame are served") {
  CHECK(frames_of("PING\r\n*1\r\n$4\r\nECHO\r\n*x\r\nPING\r\n") ==
        Frames{"[PING]", "[ECHO]", "error: invalid multibulk length"});
}

TEST_CASE("an error is reported as soon as its bytes have arrived") {
  CHECK(frames_of("*1\r\nP") == Frames{"error: expected '$', got 'P'"});
  CHECK(frames_of("*1\r\n$4\r\nPING").empty());
  CHECK(frames_of("*1\r\n$4\r\nPING\r").empty());
}

}  // namespace
}  // namespace wire::resp
