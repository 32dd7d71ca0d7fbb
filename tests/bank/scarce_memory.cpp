#include "tests/bank/scarce_memory.hpp"

#include <cstdlib>
#include <new>

namespace scarce {
namespace {

thread_local long left = 0;     // until the first that fails
thread_local long to_fail = 0;  // of those after it
thread_local bool failed = false;

bool fails() noexcept {
  if (to_fail == 0) return false;
  if (left > 0) {
    --left;
    return false;
  }
  --to_fail;
  failed = true;
  return true;
}

}  // namespace

void memory_for(long more, long failing) {
  left = more;
  to_fail = failing;
  failed = false;
}

bool enough() noexcept {
  to_fail = 0;
  return failed;
}

}  // namespace scarce

// All forms, since a sanitizer has its own for those that are not replaced.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return scarce::fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  void* const memory = operator new(size, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
