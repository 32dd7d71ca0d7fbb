#include "db/sqlite/descriptor.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace ledger {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

std::string Descriptor::path(const std::string& name) const {
  return "/proc/self/fd/" + std::to_string(number_) + "/" + name;
}

// Does not ask for the times of the file. Once these have been read, Linux gives the next write an
// exact time (since 6.13), and the next sync has to write the inode, too.
std::optional<FileIdentity> Descriptor::identity_of(const char* name) const {
  struct statx found {};
  if (statx(number_, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_INO, &found) != 0) {
    return std::nullopt;
  }
  return FileIdentity{makedev(found.stx_dev_major, found.stx_dev_minor), found.stx_ino};
}

void Descriptor::sync() const {
  if (fsync(number_) != 0) fail("cannot sync");
}

Descriptor open_folder(const std::filesystem::path& path) {
  return Descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void fail(const std::string& text) {
  throw std::system_error(errno, std::generic_category(), text);
}

}  // namespace ledger
