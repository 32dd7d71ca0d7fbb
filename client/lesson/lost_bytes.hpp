#pragma once

/// Where a byte is when the thread that reads it is cancelled.

namespace lesson {

/// How many bytes the thread received, how many are left in the pipe, and how many are nowhere.
struct Bytes {
  int received = 0, in_pipe = 0, lost = 0;
};

/// A hundred times, writes one byte to a thread that waits in read(), and cancels the thread at
/// once. With `polls`, the thread waits in poll() and then reads with cancellation disabled. Runs
/// in a child process. Blocks.
Bytes send_bytes(bool polls);

}  // namespace lesson
