#include "tests/db/failing_calls.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace failing_calls {
namespace {

struct Plan {
  Call call;
  int successes;
  int error;
};

thread_local std::optional<Plan> plan;
thread_local bool failed = false;

bool fails(Call call) {
  if (!plan || plan->call != call || plan->successes-- > 0) return false;
  errno = plan->error;
  plan.reset();
  return failed = true;
}

/// Returns the function of the C library behind ours.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_folder(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode);
}

bool is_lock_file(int descriptor) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  return readlink(link.c_str(), path.data(), path.size() - 1) > 0 &&
         std::string_view(path.data()).ends_with("/lock");
}

}  // namespace

Failure::Failure(Call call, int successes, int error) {
  plan = {call, successes, error};
  failed = false;
}

Failure::~Failure() {
  plan.reset();
}

bool Failure::happened() const {
  return failed;
}

}  // namespace failing_calls

using failing_calls::Call;
using failing_calls::fails;
using failing_calls::real;

extern "C" {

int fsync(int descriptor) {
  if (failing_calls::is_folder(descriptor) && fails(Call::sync_folder)) return -1;
  if (failing_calls::is_lock_file(descriptor) && fails(Call::sync_lock_file)) return -1;
  return real<int(int)>("fsync")(descriptor);
}

int link(const char* from, const char* to) noexcept {
  if (fails(Call::link)) return -1;
  return real<int(const char*, const char*)>("link")(from, to);
}

int flock(int descriptor, int operation) noexcept {
  if (fails(Call::lock)) return -1;
  return real<int(int, int)>("flock")(descriptor, operation);
}

int mkstemp(char* name) {
  if (fails(Call::make_temporary)) return -1;
  return real<int(char*)>("mkstemp")(name);
}

// SQLite calls these three by their other names: pread64, pwrite64, fstat64.
ssize_t pread(int descriptor, void* to, std::size_t size, off_t at) {
  if (fails(Call::read)) return -1;
  return real<ssize_t(int, void*, std::size_t, off_t)>("pread")(descriptor, to, size, at);
}

ssize_t pwrite(int descriptor, const void* from, std::size_t size, off_t at) {
  if (fails(Call::write)) return -1;
  return real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite")(descriptor, from, size, at);
}

int fstat(int descriptor, struct stat* to) noexcept {
  if (fails(Call::status)) return -1;
  return real<int(int, struct stat*)>("fstat")(descriptor, to);
}

int statx(int descriptor, const char* name, int flags, unsigned mask, struct statx* to) noexcept {
  const bool open_file = *name == '\0';
  if (open_file && fails(Call::status)) return -1;
  return real<int(int, const char*, int, unsigned, struct statx*)>("statx")(descriptor, name, flags,
                                                                            mask, to);
}
}
