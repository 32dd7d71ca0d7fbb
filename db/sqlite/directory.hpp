#pragma once

/// The ledger's directory, locked against a second server.

#include <filesystem>
#include <string>

namespace ledger {

/// Owns a file descriptor and closes it. Can be moved from, and then holds -1.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

/// Makes the directory's latest entries durable. Blocks for the disk. Throws std::system_error.
void sync_directory(const std::filesystem::path& directory);

class Directory {
 public:
  /// Creates the directory (0700; its parent must exist) and the database file (0600) unless they
  /// exist, makes both durable, and locks the lock file. Blocks for the disk. Throws OpenFailed,
  /// std::system_error.
  explicit Directory(const std::filesystem::path& path);

  /// Returns the absolute path of the database file. Only SQLite may open it while it is in use:
  /// closing any other descriptor of it would release SQLite's locks (POSIX).
  std::string file() const { return (path_ / file_name).string(); }
  const std::filesystem::path& path() const { return path_; }

  /// Throws BadPath if the path names the database or a file that SQLite puts beside it.
  void refuse_own_file(const std::filesystem::path& path) const;

  static constexpr const char* file_name = "ledger.db";
  static constexpr const char* lock_name = "lock";

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace ledger
