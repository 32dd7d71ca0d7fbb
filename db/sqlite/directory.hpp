#pragma once

/// The ledger's directory: made if it is not there, locked against a second server.

#include <filesystem>
#include <string>

namespace ledger {

/// A descriptor, closed with its owner. Moves; -1 if empty.
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

/// Makes the directory's latest entries durable. Throws std::system_error.
void sync_directory(const std::filesystem::path& directory);

class Directory {
 public:
  /// Makes the directory (0700, its parent must be there) if need be, takes its lock file, and sees
  /// to it that the database file exists (0600), all of it durable. Throws OpenFailed.
  explicit Directory(const std::filesystem::path& path);

  /// The database file, absolute. No descriptor of it may be opened but by SQLite: closing it would
  /// drop SQLite's own locks (POSIX).
  std::string file() const { return (path_ / file_name).string(); }
  const std::filesystem::path& path() const { return path_; }

  /// Throws BadPath if the path is one of SQLite's own here, made already or not.
  void refuse_own_file(const std::filesystem::path& path) const;

  static constexpr const char* file_name = "ledger.db";
  static constexpr const char* lock_name = "lock";

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace ledger
