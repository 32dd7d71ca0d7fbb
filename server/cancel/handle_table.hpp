#pragma once

/// The table of what is in flight. A handle is a number into it, never a pointer.
///
/// Handles are eternally unique: the server's start number, from the ledger, and a counter that
/// ends the process rather than wrap. A stale pointer can name the wrong object, because memory is
/// used again; a stale handle names nothing. Looking one up takes a reference, so what was found
/// cannot die under whoever found it; the memory goes with the last reference. Source: John Schultz
/// on spread-users, 18 June 2003.
///
/// Any thread may call anything. Nothing blocks for long; nothing is a cancellation point.

#include <charconv>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/seam/mutex.hpp"
#include "server/seam/require.hpp"

namespace cancel {

struct Handle {
  std::int64_t start = 0;
  std::int64_t count = 0;
  auto operator<=>(const Handle&) const = default;
};

/// "3-81".
inline std::string to_string(Handle handle) {
  return std::to_string(handle.start) + "-" + std::to_string(handle.count);
}

/// Nothing if the text is no handle.
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

  /// A handle nobody has had before or will have again. It finds nothing until insert().
  Handle issue() {
    const seam::Lock lock(mutex_);
    seam::require(next_ != INT64_MAX, "handles are never used again");
    return {start_, next_++};
  }
  void insert(Handle handle, std::shared_ptr<T> object) {
    const seam::Lock lock(mutex_, row(handle));
    objects_.emplace(handle, std::move(object));
  }
  /// Null if the handle is not in the table, or never was.
  std::shared_ptr<T> find(Handle handle) const {
    const seam::Lock lock(mutex_, row(handle));
    const auto at = objects_.find(handle);
    return at == objects_.end() ? nullptr : at->second;
  }
  /// True for the one call that removed it.
  bool remove(Handle handle) {
    std::shared_ptr<T> last;  // dropped after the lock: a destructor may do much
    const seam::Lock lock(mutex_, row(handle));
    const auto at = objects_.find(handle);
    if (at == objects_.end()) return false;
    last = std::move(at->second);
    objects_.erase(at);
    return true;
  }
  /// What is in flight at this moment, oldest first.
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
