#include "client/terminal/amount.hpp"

#include <limits>

#include <doctest/doctest.h>

using client::format_amount;
using client::parse_amount;
using client::parse_number;

TEST_CASE("an amount has at most two places and is exact to the cent") {
  CHECK(parse_amount("25") == 2500);
  CHECK(parse_amount("25.5") == 2550);
  CHECK(parse_amount("25.00") == 2500);
  CHECK(parse_amount("25.05") == 2505);
  CHECK(parse_amount("007.50") == 750);
  CHECK(parse_amount("0.01") == 1);
  CHECK(parse_amount("0") == 0);
  // A double cannot represent this.
  CHECK(parse_amount("90071992547409.93") == 9007199254740993);
}

TEST_CASE("text that is not a plain decimal is refused") {
  for (const char* text : {"", "1e3", "-1", "+1", "0.001", ".5", "5.", ".", "1,5", " 1", "1 ",
                           "0x10", "1.2.3", "1.-2", "١", "nan"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_amount(text));
  }
}

TEST_CASE("an amount beyond 64 bits is refused, and the largest within them is accepted") {
  CHECK(parse_amount("92233720368547758.07") == std::numeric_limits<std::int64_t>::max());
  CHECK_FALSE(parse_amount("92233720368547758.08"));
  CHECK_FALSE(parse_amount("92233720368547758070"));
  CHECK_FALSE(parse_amount("99999999999999999999999999"));
}

TEST_CASE("amounts are printed with exactly two places") {
  CHECK(format_amount(0) == "0.00");
  CHECK(format_amount(5) == "0.05");
  CHECK(format_amount(2550) == "25.50");
  CHECK(format_amount(-5) == "-0.05");
  CHECK(format_amount(std::numeric_limits<std::int64_t>::max()) == "92233720368547758.07");
  CHECK(format_amount(std::numeric_limits<std::int64_t>::min()) == "-92233720368547758.08");
}

TEST_CASE("a number consists of decimal digits and lies within its limits") {
  CHECK(parse_number("7", 1, 9) == 7);
  CHECK(parse_number("010", 1, 10) == 10);
  for (const char* text : {"", "0", "10", "-1", "0x7", "7 ", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text, 1, 9));
  }
}

TEST_CASE("cents in a sentence become decimals, and the rest of it is unchanged") {
  CHECK(client::cents_as_decimals("account 1 has only 10100 cents") == "account 1 has only 101.00");
  CHECK(client::cents_as_decimals("account 7 can hold no more than 1000000000000000000 cents") ==
        "account 7 can hold no more than 10000000000000000.00");
  CHECK(client::cents_as_decimals("an amount is 1 to 1000000000000000 cents") ==
        "an amount is 0.01 to 10000000000000.00");
  CHECK(client::cents_as_decimals("0 cents, 5 cents; 007 cents.") == "0.00, 0.05; 0.07.");
  for (const char* text :
       {"", "cents", " cents", "to cents", "a to 5", "only cents are left", "x5 cents", "5x cents",
        "-5 cents", "5.00 cents", "5  cents", "5 centsible", "5 centimes", "5 Cents",
        "99999999999999999999 cents", "two  blanks ", "key 5 to 6"}) {
    CAPTURE(text);
    CHECK(client::cents_as_decimals(text) == text);
  }
}

TEST_CASE("a sentence of any length is shown, whatever a server sends") {
  for (const char* part : {",", "7", " ", " 5 cents"}) {
    CAPTURE(part);
    std::string sentence = "5 cents";
    while (sentence.size() < 200'000) sentence += part;
    CHECK(client::cents_as_decimals(sentence).size() > 100'000);
  }
}
