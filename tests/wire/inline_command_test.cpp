#include "server/wire/resp/inline_command.hpp"

#include <array>

#include <doctest/doctest.h>

namespace wire::resp {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

TEST_CASE("blanks separate words") {
  CHECK(split_inline("deposit 7  25") == Words{"deposit", "7", "25"});
  CHECK(split_inline(" \t a\tb\v\f ") == Words{"a", "b"});
  CHECK(split_inline("") == Words{});
  CHECK(split_inline("  ") == Words{});
}

TEST_CASE("quotes may surround a word or a part of it") {
  CHECK(split_inline("echo \"a b\" 'c d'") == Words{"echo", "a b", "c d"});
  CHECK(split_inline("a\"b c\"") == Words{"ab c"});
  CHECK(split_inline("\"\" ''") == Words{"", ""});
  CHECK(split_inline("\"it's\" '\"'") == Words{"it's", "\""});
}

TEST_CASE("double quotes have escapes") {
  CHECK(split_inline(R"("\x41\x0a\xfF\x00")") == Words{"A\n\xff\0"s});
  CHECK(split_inline(R"("\n\r\t\b\a")") == Words{"\n\r\t\b\a"});
  CHECK(split_inline(R"("\"\\\q")") == Words{"\"\\q"});
  CHECK(split_inline(R"("\x4" "\xg1" "\x-1" "\x")") == Words{"x4", "xg1", "x-1", "x"});
}

TEST_CASE("single quotes escape only the quote, and bare words escape nothing") {
  CHECK(split_inline(R"('it\'s' 'a\n' '\x41')") == Words{"it's", "a\\n", "\\x41"});
  CHECK(split_inline(R"(a\n \x41)") == Words{"a\\n", "\\x41"});
}

TEST_CASE("quotes must balance, and a closing quote ends the word") {
  for (const char* line :
       {"\"", "'", "a \"b", "a 'b", "\"a\"b", "'a'b", "\"a\"\"b\"", "\"a\\\"", "'a\\'", "a'"}) {
    CAPTURE(line);
    CHECK_FALSE(split_inline(line).has_value());
  }
}

TEST_CASE("a word may contain any byte") {
  CHECK(split_inline("a\0b \x80\xff"s) == Words{"a\0b"s, "\x80\xff"});
}

TEST_CASE("HTTP requests are recognised, and commands are not taken for them") {
  for (const char* line : {"GET / HTTP/1.1", "get /index.html", "POST / HTTP/1.1", "POST", "post x",
                           "Host: localhost", "HOST: x", "OPTIONS * HTTP/1.1", "PUT /a HTTP/1.0",
                           "HEAD / HTTP/1.1", "CONNECT bank:7007 HTTP/1.1"}) {
    CAPTURE(line);
    CHECK(is_http(split_inline(line).value()));
  }
  for (const char* line : {"", "GET", "GET key", "PING /", "ECHO HTTP/1.1", "BACKUP /tmp/a",
                           "DEPOSIT 7 25", "Host", "TXN LIST"}) {
    CAPTURE(line);
    CHECK_FALSE(is_http(split_inline(line).value()));
  }
}

}  // namespace
}  // namespace wire::resp
