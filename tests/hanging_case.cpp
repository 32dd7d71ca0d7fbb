/// A case that never ends, for the test of the watchdog in doctest_main.cpp.

#include <doctest/doctest.h>
#include <unistd.h>

TEST_CASE("a case that hangs" * doctest::timeout(1)) {
  SUBCASE("in a subcase") {
    for (;;) pause();
  }
}
