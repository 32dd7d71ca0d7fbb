// The file with the tellers' secret.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/options.hpp"
#include "server/seam/scope_exit.hpp"

namespace server {
namespace {

constexpr std::size_t shortest = 8;
constexpr std::size_t longest = 1024;

/// Checks the open file, not its name, so that the file that is checked is the one that is read.
void check_mode(int file, const std::string& path) {
  struct stat found {};
  ::fstat(file, &found);
  if (S_ISDIR(found.st_mode)) throw std::runtime_error("'" + path + "' is a directory");
  if ((found.st_mode & 077) != 0) {
    throw std::runtime_error("other users may read '" + path + "'; run chmod 600 on it");
  }
  if (found.st_uid != ::geteuid() && found.st_uid != 0) {
    throw std::runtime_error("'" + path + "' belongs to another user; run chown on it");
  }
}

/// The first line, without blanks at its end. A line of 1024 bytes or more is cut.
std::string first_line(int file, const std::string& path) {
  std::string line;
  std::array<char, longest> part{};
  while (line.size() < longest) {  // a pipe may give it in parts
    const ssize_t size = ::read(file, part.data(), longest - line.size());
    if (size < 0) throw std::runtime_error("cannot read '" + path + "': " + std::strerror(errno));
    if (size == 0) break;
    line.append(part.data(), static_cast<std::size_t>(size));
  }
  line.resize(std::min(line.find('\n'), line.size()));
  line.resize(line.find_last_not_of("\r\t ") + 1);  // npos + 1 is 0
  return line;
}

}  // namespace

std::string read_teller_secret(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw std::runtime_error("cannot open '" + path + "': " + std::strerror(errno));
  const seam::ScopeExit close([file] { ::close(file); });
  check_mode(file, path);
  std::string secret = first_line(file, path);
  if (secret.size() >= shortest) return secret;
  throw std::runtime_error("the first line of '" + path + "' has fewer than " +
                           std::to_string(shortest) + " characters; a secret needs more");
}

}  // namespace server
