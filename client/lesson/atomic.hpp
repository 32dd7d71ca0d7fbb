#pragma once

namespace lesson {

/// An atomic value for code in which an asynchronous cancel may take effect. The functions of
/// std::atomic are noexcept: one that is not inlined would terminate the process when the cancel
/// unwinds from it. Those of this class may be unwound. Any thread may call them; none blocks or is
/// a cancellation point.
template <class T>
class Atomic {
 public:
  Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  operator T() const { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }
  Atomic& operator=(T value) {
    __atomic_store_n(&value_, value, __ATOMIC_SEQ_CST);
    return *this;
  }
  T operator++() { return __atomic_add_fetch(&value_, 1, __ATOMIC_RELAXED); }

 private:
  T value_;
};

}  // namespace lesson
