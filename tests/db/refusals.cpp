#include "tests/db/refusals.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include <dlfcn.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace refusals {
namespace {

struct Order {
  bool given = false;
  bool struck = false;
  Call call = Call::memory;
  int well = 0;
  int error = 0;
};

thread_local Order order;

bool refuses(Call call) {
  if (!order.given || order.struck || order.call != call || order.well-- > 0) return false;
  order.struck = true;
  errno = order.error;
  return true;
}

/// The one that stands behind ours.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_folder(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode);
}

sqlite3_mem_methods usual;

/// Before anybody uses SQLite.
const int replaced = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual);
  sqlite3_mem_methods ours = usual;
  ours.xMalloc = [](int size) { return refuses(Call::memory) ? nullptr : usual.xMalloc(size); };
  ours.xRealloc = [](void* old, int size) {
    return refuses(Call::memory) ? nullptr : usual.xRealloc(old, size);
  };
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}();

}  // namespace

Refusal::Refusal(Call call, int well, int error) {
  if (replaced != SQLITE_OK) throw std::runtime_error("SQLite was in use before");
  order = {true, false, call, well, error};
}

Refusal::~Refusal() {
  order = {};
}

bool Refusal::struck() const {
  return order.struck;
}

}  // namespace refusals

using refusals::Call;
using refusals::real;
using refusals::refuses;

void* operator new(std::size_t size) {
  if (refuses(Call::memory)) throw std::bad_alloc();
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

extern "C" {

int fsync(int descriptor) {
  if (refusals::is_folder(descriptor) && refuses(Call::sync_folder)) return -1;
  return real<int(int)>("fsync")(descriptor);
}

int link(const char* from, const char* to) noexcept {
  if (refuses(Call::link)) return -1;
  return real<int(const char*, const char*)>("link")(from, to);
}

int flock(int descriptor, int operation) noexcept {
  if (refuses(Call::lock)) return -1;
  return real<int(int, int)>("flock")(descriptor, operation);
}

int mkstemp(char* name) {
  if (refuses(Call::make_temporary)) return -1;
  return real<int(char*)>("mkstemp")(name);
}
}
