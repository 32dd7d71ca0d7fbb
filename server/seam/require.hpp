#pragma once

/// Assertions that stay active in release builds.

namespace seam {

/// Ends the process (SIGABRT) unless `holds`, after one line on standard error that names the
/// broken rule. For mistakes in the program only: a mistake of a client or the machine is an error
/// instead. Any thread; allocates nothing.
void require(bool holds, const char* rule) noexcept;

}  // namespace seam
