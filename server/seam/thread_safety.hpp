#pragma once

/// Clang's thread-safety annotations, spelled as the field spells them; nothing under g++.
/// A field that says GUARDED_BY(mutex_) can be touched only where the compiler sees mutex_ held.
/// Source: the Clang manual, "Thread Safety Analysis".

#if defined(__clang__)
#define THREAD_SAFETY(x) __attribute__((x))
#else
#define THREAD_SAFETY(x)
#endif

#define CAPABILITY(x) THREAD_SAFETY(capability(x))
#define SCOPED_CAPABILITY THREAD_SAFETY(scoped_lockable)
#define GUARDED_BY(x) THREAD_SAFETY(guarded_by(x))
#define REQUIRES(...) THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define RELEASE(...) THREAD_SAFETY(release_capability(__VA_ARGS__))
#define EXCLUDES(...) THREAD_SAFETY(locks_excluded(__VA_ARGS__))
#define UNCHECKED_LOCKING THREAD_SAFETY(no_thread_safety_analysis)
