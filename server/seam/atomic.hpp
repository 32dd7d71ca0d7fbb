#pragma once

/// A shared atomic word. Any thread may call any member; none blocks; none is a cancellation point.

#include <atomic>

#include "server/seam/scheduler.hpp"

namespace seam {

template <typename T>
class Atomic {
 public:
  Atomic() = default;
  explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order order = std::memory_order_seq_cst) const {
    ask(Access::read);
    return value_.load(order);
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    ask(Access::write);
    value_.store(value, order);
  }
  /// Changes `expected` to `desired` and returns true. If the word holds something else, returns
  /// false and writes that to `expected`.
  bool compare_exchange(T& expected, T desired) {
    ask(Access::update);
    return value_.compare_exchange_strong(expected, desired);
  }
  /// Returns the value before the addition.
  T fetch_add(T more, std::memory_order order = std::memory_order_relaxed) {
    ask(Access::update);
    return value_.fetch_add(more, order);
  }
  /// Adds to a counter, in relaxed order, without reading it.
  void add(T more) {
    ask(Access::add);
    value_.fetch_add(more, std::memory_order_relaxed);
  }

 private:
  void ask(Access how) const {
    if (scheduler != nullptr) [[unlikely]]
      scheduler->access(&value_, how);
  }
  std::atomic<T> value_{};
};

}  // namespace seam
