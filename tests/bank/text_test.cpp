// Text that a peer chose, as it is shown: one line of UTF-8, cut between characters.

#include "server/bank/text.hpp"

#include <doctest/doctest.h>

using bank::one_line;

TEST_CASE("a control character becomes a blank") {
  CHECK(one_line("a\r\nb\tc\x1b[2J\x7f", 100) == "a  b c [2J ");
  CHECK(one_line(std::string("a\0b", 3), 100) == "a b");
  CHECK_MESSAGE(one_line("a\xC2\x9B"
                         "2Jb",
                         100) == "a 2Jb",
                "a terminal obeys C1, too");
  CHECK(one_line("a\xC2\xA0z", 100) == "a\xC2\xA0z");
}

TEST_CASE("a character that breaks a line, reorders text or is invisible becomes a blank") {
  for (const char* text :
       {"a\u2028z", "a\u2029z", "a\u202Az", "a\u202Ez", "a\u200Ez", "a\u200Fz", "a\u2066z",
        "a\u2069z", "a\uFEFFz", "a\u061Cz", "a\u200Bz", "a\uFFF9z", "a\u0085z"}) {
    CHECK_MESSAGE(one_line(text, 100) == "a z", "kept: " << text);
  }
  for (const char* text :
       {"a\u2027z", "a\u202Fz", "a\u200Dz", "a\u2070z", "a\uFEFEz", "a\u00A0z", "a\U0001F3E6z"}) {
    CAPTURE(text);
    CHECK(one_line(text, 100) == text);
  }
}

TEST_CASE("a byte that is not UTF-8 becomes a question mark") {
  CHECK(one_line("a\xFFz", 100) == "a?z");
  CHECK(one_line("a\x80z", 100) == "a?z");
  CHECK(one_line("\xC3", 100) == "?");
  CHECK(one_line("\xE2\x82z", 100) == "??z");
  CHECK_MESSAGE(one_line("\xC0\xAF", 100) == "??", "an overlong form");
  CHECK_MESSAGE(one_line("\xE0\x80\xAF", 100) == "???", "an overlong form");
  CHECK_MESSAGE(one_line("\xED\xA0\x80", 100) == "???", "a surrogate");
  CHECK_MESSAGE(one_line("\xF0\x8F\xBF\xBF", 100) == "????", "an overlong form");
  CHECK_MESSAGE(one_line("\xF4\x90\x80\x80", 100) == "????", "beyond U+10FFFF");
  CHECK(one_line("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8F\xA6", 100) ==
        "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8F\xA6");
}

TEST_CASE("the characters beside those that UTF-8 forbids are kept") {
  for (const char* text :
       {"\xE0\xA0\x80", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(one_line(text, 100) == text);
  }
}

TEST_CASE("a cut never splits a character") {
  CHECK(one_line("abc", 2) == "ab");
  CHECK(one_line("a\xC3\xA4", 2) == "a");
  CHECK(one_line("a\xC3\xA4", 3) == "a\xC3\xA4");
  CHECK(one_line("\xF0\x9F\x8F\xA6", 3) == "");
  std::string text;
  for (int i = 0; i < 99; ++i) text += "\xE2\x82\xAC";
  CHECK(one_line(text, 200).size() == 198);
}
