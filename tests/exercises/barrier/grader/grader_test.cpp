#include "frames.hpp"

using exercise::Mechanism;

namespace {

const exercise::Trial many{"five frames",
                           {.stuck = barrier::stuck, .posix = false, .runs = 150},
                           [](explore::Run& run, Mechanism) { barrier::check_frames(run, 5); }};

}  // namespace
