#pragma once

/// The SQLite connections of this process, as SQLite itself tells of them. Any thread.

#include <cstddef>

namespace connections {

/// From now on each that is opened is watched.
void watch();
/// Whether the calling thread is inside a COMMIT.
bool committing();
/// How many times a COMMIT has ended in a rollback, so far.
int failed_commits();
/// How many have a transaction open, to read or to write.
std::size_t in_transaction();

}  // namespace connections
