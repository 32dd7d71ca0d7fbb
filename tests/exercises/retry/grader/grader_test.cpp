#include "lines.hpp"

using exercise::Mechanism;

namespace {

const exercise::Trial all{"everything that may happen to one, two and five attempts",
                          {.posix = false, .runs = 1},
                          [](explore::Run& run, Mechanism) {
                            for (const int attempts : {1, 2, 5})
                              lines::check_all_scripts(run, attempts);
                          }};

}  // namespace
