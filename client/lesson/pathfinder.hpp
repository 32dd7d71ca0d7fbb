#pragma once

/// Three threads of the Mars Pathfinder on one processor, and the order in which they run.

#include <string>
#include <vector>

namespace lesson {

/// How a mutex changes the priority of the thread that owns it.
enum class Protocol {
  none,     // not at all
  inherit,  // it is at least that of each thread that waits for the mutex
  ceiling,  // it is at least that of each thread that may ever lock the mutex
};

/// The actions of the threads, such as "low locks", in order.
using Events = std::vector<std::string>;

struct RealRun {
  Events events;
  std::string refused;  // why the system does not let this process use SCHED_FIFO, or empty
};

/// Runs the threads under SCHED_FIFO in a child process. Blocks.
RealRun run_pathfinder(Protocol protocol);

/// Computes the order: always runs the thread of the highest priority, one action at a time.
Events simulate_pathfinder(Protocol protocol);

}  // namespace lesson
