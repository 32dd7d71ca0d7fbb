#include "db/sqlite/descriptor.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ledger {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

std::string Descriptor::path(const std::string& name) const {
  return "/proc/self/fd/" + std::to_string(number_) + "/" + name;
}

std::optional<FileIdentity> Descriptor::identity_of(const char* name) const {
  struct stat found {};
  if (fstatat(number_, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
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
