#include "lines.hpp"

using exercise::Mechanism;
using lines::Event;

namespace {

const exercise::Trial good{"a line that works",
                           {.posix = false, .runs = 1},
                           [](explore::Run& run, Mechanism) { lines::check(run, {Event::good}); }};

const exercise::Trial lost{
    "a lost acknowledgement", {.posix = false, .runs = 1}, [](explore::Run& run, Mechanism) {
      lines::check(run, {Event::reply_lost});
      lines::check(run, {Event::reply_lost, Event::good});
    }};

const exercise::Trial all{"everything that may happen to three attempts",
                          {.posix = false, .runs = 1},
                          [](explore::Run& run, Mechanism) { lines::check_all_scripts(run, 3); }};

}  // namespace
