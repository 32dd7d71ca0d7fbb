#include "db/sqlite/directory.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/ledger.hpp"

namespace ledger {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::filesystem::path make_directory(const std::filesystem::path& given) {
  const std::filesystem::path path = std::filesystem::absolute(given).lexically_normal();
  if (mkdir(path.c_str(), 0700) == 0) {
    const bool slash_at_end = path.filename().empty();
    sync_directory(slash_at_end ? path.parent_path().parent_path() : path.parent_path());
  } else if (errno != EEXIST) {
    fail("mkdir");
  }
  return path;
}

Descriptor lock_directory(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / Directory::lock_name;
  Descriptor lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.number() < 0) fail("its lock file");
  if (flock(lock.number(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    throw OpenFailed(
        "another server is using it; stop that server or choose another directory with --data");
  fail("its lock file");
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0) fail(directory.c_str());
  if (fsync(opened.number()) != 0) fail(directory.c_str());
}

Directory::Directory(const std::filesystem::path& path)
    : path_(make_directory(path)), lock_(lock_directory(path_)) {
  // SQLite would create it with a mode that depends on the umask. Files beside it inherit this one.
  const std::string name = file();
  const Descriptor created(open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (created.number() < 0 && errno != EEXIST) fail(file_name);
  sync_directory(path_);
}

void Directory::refuse_own_file(const std::filesystem::path& path) const {
  std::error_code ignored;  // a parent that does not exist is not this directory
  const bool here = std::filesystem::equivalent(path.parent_path(), path_, ignored);
  if (here && path.filename().string().starts_with(file_name)) {
    throw BadPath("the path belongs to the ledger itself; choose another");
  }
}

}  // namespace ledger
