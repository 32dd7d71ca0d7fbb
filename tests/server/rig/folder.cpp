#include "tests/server/rig/folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rig {
namespace {

constexpr const char* sweep =
    "cat >/dev/null; rm -rf \"$0\" 2>/dev/null || { sleep 1; rm -rf \"$0\"; }";

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "atm-server-XXXXXX").string();
  int ends[2];
  if (mkdtemp(name.data()) == nullptr || pipe2(ends, O_CLOEXEC) != 0) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
  sweeper_ = fork();
  if (sweeper_ == 0) {
    setsid();  // survives a signal to the test's process group
    dup2(ends[0], STDIN_FILENO);
    execl("/bin/sh", "sh", "-c", sweep, path_.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[0]);
  lifeline_ = ends[1];
}

Folder::~Folder() {
  close(lifeline_);
  int status = 0;
  waitpid(sweeper_, &status, 0);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  const std::string path = file(name);
  std::ofstream(path) << text;
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return path;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace rig
