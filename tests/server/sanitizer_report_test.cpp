/// The report of a sanitizer in the log of a server.

#include "tests/server/rig/sanitizer_report.hpp"

#include <algorithm>

#include <doctest/doctest.h>

TEST_CASE("a report is found between other lines of the log, and printed whole") {
  const std::string report = "WARNING: ThreadSanitizer: data race (pid=7)\n  Write of size 8";
  CHECK(rig::sanitizer_report("started\n" + report) == report);
  CHECK(rig::sanitizer_report("==7==ERROR: AddressSanitizer: heap-use-after-free\n") ==
        "==7==ERROR: AddressSanitizer: heap-use-after-free\n");
  CHECK(rig::sanitizer_report("a\nb.cpp:1:2: runtime error: overflow") ==
        "b.cpp:1:2: runtime error: overflow");
}

TEST_CASE("a log without a report has none") {
  CHECK(rig::sanitizer_report("started\nstopped\n").empty());
  CHECK(rig::sanitizer_report("").empty());
}

TEST_CASE("a long report is cut after 100 lines") {
  std::string log = "WARNING: ThreadSanitizer: data race\n";
  for (int i = 0; i < 500; ++i) log += "frame\n";
  const std::string report = rig::sanitizer_report(log);
  CHECK(std::count(report.begin(), report.end(), '\n') <= 100);
  CHECK(report.starts_with("WARNING"));
}
