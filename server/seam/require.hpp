#pragma once

/// Assertions that stay active in release builds.

namespace seam {

/// Ends the process (SIGABRT) unless `holds`, after one line on standard error that names the
/// broken rule. For mistakes in the program; what a client or the machine does wrong is an error
/// instead. Any thread; allocates nothing.
void require(bool holds, const char* rule) noexcept;

}  // namespace seam
