#pragma once

/// A folder for one test. It is removed with its contents even if the test crashes or is killed.

#include <string>

#include <sys/types.h>

namespace rig {

class Folder {
 public:
  Folder();
  /// Removes the folder. No process may write to it any more.
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file of mode 0600 and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
  pid_t sweeper_ = -1;  // a process that removes the folder when the test ends
  int lifeline_ = -1;   // closed by the kernel when the test dies
};

std::string read_file(const std::string& path);

}  // namespace rig
