#include "frames.hpp"

using exercise::Mechanism;

namespace {

const exercise::Trial in_turn{"one frame, in which a thread waits and the other one comes later",
                              {.stuck = barrier::stuck, .posix = false, .runs = 1},
                              [](explore::Run& run, Mechanism) { barrier::check_frames(run, 1); }};

const exercise::Trial one{"one frame, in every order",
                          {.stuck = barrier::stuck, .posix = false},
                          [](explore::Run& run, Mechanism) { barrier::check_frames(run, 1); }};

const exercise::Trial two{"two frames",
                          {.stuck = barrier::stuck, .posix = false},
                          [](explore::Run& run, Mechanism) { barrier::check_frames(run, 2); }};

}  // namespace
