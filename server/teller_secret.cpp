// The file with the tellers' secret.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/options.hpp"
#include "server/seam/scope_exit.hpp"

namespace server {
namespace {

constexpr std::size_t shortest = 8;
constexpr std::size_t longest = 1024;  // as much as a client can send before login

/// Checks the open file, not its name, so that the file that is checked is the one that is read.
void check_file(const struct stat& found, const std::string& path) {
  if (S_ISDIR(found.st_mode)) throw std::runtime_error("'" + path + "' is a directory");
  if ((found.st_mode & 077) != 0) {
    throw std::runtime_error("other users may read '" + path + "'; run chmod 600 on it");
  }
  if (found.st_uid != ::geteuid() && found.st_uid != 0) {
    throw std::runtime_error("'" + path + "' belongs to another user; run chown on it");
  }
}

/// The first line, without blanks at its end, as far as it is needed to tell that it is too long.
std::string first_line(int file, const std::string& path) {
  std::string line;
  std::array<char, longest> part{};
  while (line.size() <= longest && line.find('\n') == line.npos) {  // a pipe may give it in parts
    pollfd ready{file, POLLIN, 0};
    ::poll(&ready, 1, -1);  // until a pipe has bytes, or its writer has closed it
    const ssize_t size = ::read(file, part.data(), part.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) throw std::runtime_error("cannot read '" + path + "': " + std::strerror(errno));
    if (size == 0) break;
    line.append(part.data(), static_cast<std::size_t>(size));
  }
  line.resize(std::min(line.find('\n'), line.size()));
  line.resize(line.find_last_not_of("\r\t ") + 1);  // npos + 1 is 0
  return line;
}

}  // namespace

std::string read_teller_secret(const std::string& path, Reading reading) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) throw std::runtime_error("cannot open '" + path + "': " + std::strerror(errno));
  const seam::ScopeExit close([file] { ::close(file); });
  struct stat found {};
  ::fstat(file, &found);
  check_file(found, path);
  if (reading == Reading::again && !S_ISREG(found.st_mode)) {
    throw std::runtime_error("'" + path + "' is a pipe, which cannot be read again; restart the " +
                             "server, or give it a file");
  }
  std::string secret = first_line(file, path);
  if (secret.size() >= shortest && secret.size() <= longest) return secret;
  throw std::runtime_error("the first line of '" + path + "' is no secret, which has " +
                           std::to_string(shortest) + " to " + std::to_string(longest) +
                           " characters");
}

}  // namespace server
