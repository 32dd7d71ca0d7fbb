#pragma once

/// The SQLite connections of this process, observed through SQLite's own hooks. Any thread may
/// call.

#include <cstddef>

namespace connections {

/// Starts to observe the connections that are opened from now on.
void watch();
/// Returns whether the calling thread is inside a COMMIT.
bool committing();
/// Returns how many COMMITs have ended in a rollback so far.
int failed_commits();
/// Returns how many connections have a transaction open, to read or to write.
std::size_t in_transaction();
/// Returns how much memory the page caches of all connections take, in bytes.
std::size_t cache_bytes();

}  // namespace connections
