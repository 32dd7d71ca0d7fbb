#pragma once

namespace client {

/// Opens the standard streams that were closed at the start, so that no socket or file gets their
/// numbers and receives the program's output. Writing to them fails.
void open_missing_standard_streams();

}  // namespace client
