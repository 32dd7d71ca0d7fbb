#pragma once

/// Files and folders by descriptor: calls that reach the very file that was opened. Any thread may
/// call; the calls block for the disk.

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

namespace ledger {

/// The device and inode of a file. No two files have the same at one time.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// Owns a file descriptor and closes it. Can be moved from, and then holds -1.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int number() const { return number_; }

  /// Of a folder: returns a path of the file `name` in it that does not depend on the folder's
  /// name.
  std::string path(const std::string& name) const;
  /// Of a folder: returns the identity of the file `name` in it, without following a link. With an
  /// empty name: returns that of this very file. Nothing if the system does not tell.
  std::optional<FileIdentity> identity_of(const char* name) const;
  /// Makes the file, or the entries of the folder, durable. Throws std::system_error.
  void sync() const;

 private:
  int number_;
};

/// Opens a folder. Its number is -1 if that fails, and errno says why.
Descriptor open_folder(const std::filesystem::path& path);

/// Throws std::system_error with errno and this text.
[[noreturn]] void fail(const std::string& text);

}  // namespace ledger
