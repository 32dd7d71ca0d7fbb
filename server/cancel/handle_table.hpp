#pragma once

/// The table of the objects in flight. A handle is a number into it, never a pointer.
///
/// A handle is never used again. It has two numbers: one that the server increases at every start,
/// and a counter that ends the process rather than wrap. A stale pointer can name the wrong object,
/// because memory is used again; a stale handle names nothing. A look-up takes a reference, so the
/// object it found outlives its removal; the memory goes with the last reference. Source: John
/// Schultz on spread-users, 18 June 2003.
///
/// Any thread may call any member; none blocks for long; none is a cancellation point.

#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/seam/mutex.hpp"
#include "server/seam/require.hpp"

namespace cancel {

struct Handle {
  std::int64_t start = 0;
  std::int64_t count = 0;
  bool operator==(const Handle&) const = default;
  bool operator<(const Handle& other) const {
    return std::tie(start, count) < std::tie(other.start, other.count);
  }
};

/// "3-81".
inline std::string to_string(Handle handle) {
  return std::to_string(handle.start) + "-" + std::to_string(handle.count);
}

/// Returns nothing if the text is not a handle.
inline std::optional<Handle> parse_handle(std::string_view text) {
  Handle handle;
  const char* const end = text.data() + text.size();
  const auto start = std::from_chars(text.data(), end, handle.start);
  if (start.ec != std::errc{} || start.ptr == end || *start.ptr != '-') return std::nullopt;
  const auto count = std::from_chars(start.ptr + 1, end, handle.count);
  if (count.ec != std::errc{} || count.ptr != end) return std::nullopt;
  if (handle.start < 0 || handle.count < 0) return std::nullopt;
  return handle;
}

template <typename T>
class HandleTable {
 public:
  explicit HandleTable(std::int64_t start, std::int64_t first = 1) : start_(start), next_(first) {}

  /// Returns a new handle. It names nothing until insert().
  Handle issue() {
    const seam::Lock lock(mutex_);
    seam::require(next_ != INT64_MAX, "handles are never used again");
    return {start_, next_++};
  }
  void insert(Handle handle, std::shared_ptr<T> object) {
    const seam::Lock lock(mutex_, row(handle));
    objects_.emplace(handle, std::move(object));
  }
  /// Returns null if the handle names nothing.
  std::shared_ptr<T> find(Handle handle) const {
    const seam::Lock lock(mutex_, row(handle));
    const auto at = objects_.find(handle);
    return at == objects_.end() ? nullptr : at->second;
  }
  /// Returns true in the one call that removed the object.
  bool remove(Handle handle) {
    std::shared_ptr<T> last;  // destroyed after the lock: the destructor may do much
    const seam::Lock lock(mutex_, row(handle));
    const auto at = objects_.find(handle);
    if (at == objects_.end()) return false;
    last = std::move(at->second);
    objects_.erase(at);
    return true;
  }
  /// Returns the objects in flight, oldest first.
  std::vector<std::shared_ptr<T>> all() const {
    const seam::Lock lock(mutex_);
    std::vector<std::shared_ptr<T>> found;
    found.reserve(objects_.size());
    for (const auto& [handle, object] : objects_) found.push_back(object);
    return found;
  }
  std::size_t size() const {
    const seam::Lock lock(mutex_);
    return objects_.size();
  }

 private:
  static seam::Part row(Handle handle) { return static_cast<seam::Part>(handle.count); }

  mutable seam::Mutex mutex_;
  const std::int64_t start_;
  std::int64_t next_ GUARDED_BY(mutex_);
  std::map<Handle, std::shared_ptr<T>> objects_ GUARDED_BY(mutex_);
};

}  // namespace cancel
