#include "client/lesson/mistakes/build.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/lesson/screen.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

namespace fs = std::filesystem;

// Keeps other processes from building at the same time: a folder has one build at a time.
class BuildLock {
 public:
  explicit BuildLock(const fs::path& folder)
      : descriptor_(open((folder / "lock").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
    while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~BuildLock() { close(descriptor_); }
  BuildLock(const BuildLock&) = delete;
  BuildLock& operator=(const BuildLock&) = delete;

 private:
  const int descriptor_;
};

// Starts cmake, which builds the target. Returns its output.
std::FILE* start_build(const fs::path& build, const std::string& target, pid_t& process) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
  process = fork();
  if (process < 0) throw std::system_error(errno, std::system_category());
  if (process == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execlp("cmake", "cmake", "--build", build.c_str(), "--parallel", "2", "--target",
           target.c_str(), nullptr);
    std::perror("cmake");
    _exit(127);
  }
  close(ends[1]);
  return fdopen(ends[0], "r");
}

// Shows one line of progress in place of the last, on a terminal. Returns all lines.
std::string read_progress(std::FILE* output, bool quiet) {
  const bool shows = !quiet && isatty(STDOUT_FILENO) == 1;
  std::string all;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), output) != nullptr) {
    all += line.data();
    std::string_view text(line.data());
    text = text.substr(0, std::min<std::size_t>(text.find('\n'), 76));
    if (shows) put("\r\033[K  " + std::string(text));
    flush();
  }
  if (shows) put("\r\033[K");
  return all;
}

// Returns the line that says what was wrong, or the last one.
std::string complaint_in(std::string_view said) {
  std::string found;
  while (!said.empty()) {
    const std::string line(client::take_until(said, '\n'));
    for (const char* sign : {"rror", "ot found", "o such file"}) {
      if (line.find(sign) != line.npos) return client::printable(line);
    }
    if (!line.empty()) found = line;
  }
  return client::printable(found);
}

}  // namespace

std::string build_with_mistake(const std::string& name, bool quiet) {
  const fs::path build = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  const fs::path folder = build / "mistakes";
  const fs::path server = folder / name / "atm-server";
  if (!fs::exists(build / "CMakeCache.txt")) {
    throw std::runtime_error(
        "a mistake is built from the sources; run atm from the build/bin of "
        "its source tree");
  }
  std::error_code ignored;
  fs::create_directory(folder, ignored);
  if (access(folder.c_str(), W_OK) != 0) {
    if (fs::exists(server)) return server;  // somebody has built it for all
    throw std::runtime_error(
        "the build folder belongs to another user, who has to run: "
        "cmake --build build --target mistakes");
  }
  const BuildLock lock(folder);
  if (!quiet) put("Building the server with the mistake, into build/mistakes …\n");
  pid_t process = -1;
  std::FILE* const output = start_build(build, "atm-server-" + name, process);
  const std::string said = read_progress(output, quiet);
  std::fclose(output);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return server;
  throw std::runtime_error(
      "the server could not be built; scripts/build shows whether a tool is "
      "missing. Its build said: " +
      complaint_in(said));
}

}  // namespace lesson
