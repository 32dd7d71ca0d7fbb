#include "client/terminal/text.hpp"

#include <doctest/doctest.h>

using client::columns;
using client::printable;
using client::shell_quoted;

TEST_CASE("control characters from the server are escaped") {
  CHECK(printable("plain, grün, 日本") == "plain, grün, 日本");
  CHECK(printable("\x1b[2Jgone") == "\\x1b[2Jgone");
  CHECK(printable(std::string_view("a\0b\r\n\x7f", 6)) == "a\\x00b\\x0d\\x0a\\x7f");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("a\xe2\x80\xae z") == "a\\xe2\\x80\\xae z");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");
  CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
}

TEST_CASE("line ends are kept on request") {
  CHECK(printable("a\nb\r\n", true) == "a\nb\\x0d\n");
}

TEST_CASE("a word is quoted for the shell only if it needs it") {
  CHECK(shell_quoted("01-a_b./:x") == "01-a_b./:x");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("a b") == "'a b'");
  CHECK(shell_quoted("$(reboot)") == "'$(reboot)'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
}

TEST_CASE("columns are aligned by characters, without trailing blanks") {
  CHECK(
      columns({{"id", "name", "n"}, {"1", "grün", "10"}, {"22", "x", "5"}}, {true, false, true}) ==
      "id  name   n\n"
      " 1  grün  10\n"
      "22  x      5\n");
  CHECK(columns({{"a", "b"}, {"long", ""}}, {}) == "a     b\nlong\n");
}
