#pragma once

/// A machine that fails on order, and can lose its power: SQLite's view of the file system, passed
/// through to the real one, with faults where a test wants them. Any thread may call.

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <sqlite3.h>

class FaultyVfs {
 public:
  enum class Operation : std::uint8_t { open, read, write, sync, truncate, remove };
  static constexpr std::size_t operations = 6;

  /// Registers itself under a name of its own.
  FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  /// All that was opened through it has been closed.
  ~FaultyVfs();
  const std::string& name() const { return name_; }

  struct Fault {
    Operation operation = Operation::write;
    int code = SQLITE_IOERR;  // what SQLite is told
    int well = 0;             // how many go well before
    bool for_good = false;    // all that follow fail too
    std::string ending;       // only on files whose names end so
  };
  /// Replaces the fault ordered before, if any.
  void order(Fault fault);
  /// The disk is full once the files opened through this take so many bytes.
  void limit_bytes(std::int64_t bytes);
  /// No faults any more, and no limit.
  void heal();
  /// True if the ordered fault has struck.
  bool struck() const;
  /// How many operations of that sort there have been.
  std::int64_t count(Operation operation) const;
  /// How many bytes the files opened through this take.
  std::int64_t bytes() const;

  /// From now on remembers what each file held when it was last synced.
  void remember_synced();
  /// Writes into a new directory what is left when the power goes off now and nothing that was not
  /// synced has reached the disk.
  void lose_power(const std::filesystem::path& into) const;

 private:
  struct File;
  static const sqlite3_io_methods& methods();
  static FaultyVfs& owner(sqlite3_vfs* vfs);
  static int open(sqlite3_vfs*, sqlite3_filename, sqlite3_file*, int, int*);
  static int remove(sqlite3_vfs*, const char*, int);
  static int read(sqlite3_file*, void*, int, sqlite3_int64);
  static int write(sqlite3_file*, const void*, int, sqlite3_int64);
  static int truncate(sqlite3_file*, sqlite3_int64);
  static int sync(sqlite3_file*, int);

  /// The code the operation is to fail with, or SQLITE_OK.
  int verdict(Operation operation, const std::string& path);
  bool has_room(const std::string& path, std::int64_t size);
  void note_size(const std::string& path, std::int64_t size);
  void note_synced(File& file);

  std::string name_;
  sqlite3_vfs* const below_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  bool struck_ = false;
  std::optional<std::int64_t> limit_;
  bool remembers_ = false;
  std::array<std::int64_t, operations> counts_{};
  std::map<std::string, std::int64_t> sizes_;
  std::map<std::string, std::string> synced_;  // by path, what is on the disk for sure
  std::set<std::string> removed_;              // and would be back after a loss of power
};
