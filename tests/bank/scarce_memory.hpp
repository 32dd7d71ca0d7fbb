#pragma once

/// Memory that runs out: for the thread that asks for it, operator new fails from some allocation
/// on. The program that links scarce_memory.cpp has no other operator new.

namespace scarce {

/// The calling thread gets `more` allocations; the `failing` after them fail, those later do not.
void memory_for(long more, long failing);
/// The calling thread gets all it wants again. Returns whether any allocation has failed.
bool enough() noexcept;

}  // namespace scarce
