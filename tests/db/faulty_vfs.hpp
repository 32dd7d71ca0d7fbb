#pragma once

/// A machine whose calls fail as planned and that can lose its power: SQLite's file system, passed
/// through to the real one, with faults where a test wants them. Any thread may call.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <sqlite3.h>

#include "tests/db/platter.hpp"

class FaultyVfs {
 public:
  enum class Operation : std::uint8_t {
    open,
    read,
    write,
    sync,
    truncate,
    remove,
    size,
    access,
    lock,
    unlock,
    map,    // of the memory that connections share
    share,  // a lock on that memory
    any,    // in a plan only
  };
  static constexpr std::size_t operations = 12;
  /// Returns the code that SQLite's own file system would return: SQLITE_IOERR_READ for a read.
  static int usual_code(Operation operation);

  /// Registers itself with SQLite under a name of its own.
  FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  /// All files opened through it must be closed.
  ~FaultyVfs();
  const std::string& name() const { return name_; }

  struct Fault {
    Operation operation = Operation::write;
    int code = SQLITE_IOERR;  // returned to SQLite; SQLITE_OK: the usual code
    int successes = 0;        // calls that succeed before the fault
    bool persistent = false;  // all later calls fail, too
    std::string ending = {};  // strikes only files whose names end in this
    bool half_write = false;  // a failing write writes its first half
  };
  /// Plans a fault; replaces the one planned before.
  void plan(Fault fault);
  /// Makes writes fail with SQLITE_FULL once the files opened through this take so many bytes.
  void limit_bytes(std::int64_t bytes);
  /// Makes all calls fail without effect, as for a process that has died.
  void die();
  /// Removes faults, the limit and death.
  void heal();
  /// Sets a function to be called when a fault strikes a file, on the thread that it strikes. It
  /// must not call this machine.
  using OnStrike = std::function<void(Operation, const std::string& path)>;
  void on_strike(OnStrike act);
  /// Returns whether the planned fault has struck.
  bool struck() const;
  /// Returns how many operations of that sort there have been.
  std::int64_t count(Operation operation) const;
  /// Returns how many bytes the files opened through this take.
  std::int64_t bytes() const;

  /// Sets a function to be called once, before the next sync.
  void before_next_sync(std::function<void()> act);
  /// Sets a function to be called before each sync.
  void before_every_sync(std::function<void()> act);

  /// Starts to record the synced content of each file. The files must not exist yet.
  void record_syncs();
  /// Writes into a new directory the files that a loss of power leaves now. Unsynced writes are
  /// lost or, given a loss, lost in part; a file removed or created may then exist or not.
  void lose_power(const std::filesystem::path& into, std::optional<PowerLoss> loss = {}) const;

 private:
  friend class FaultyFile;
  static FaultyVfs& owner(sqlite3_vfs* vfs);
  /// Returns the path by which the file is known here: the same for every way that leads to it.
  static std::string real_path(const char* path);
  static int open(sqlite3_vfs*, sqlite3_filename, sqlite3_file*, int, int*);
  static int remove(sqlite3_vfs*, const char*, int);
  static int access(sqlite3_vfs*, const char*, int, int*);
  static int sleep(sqlite3_vfs*, int);

  /// Counts the operation. Returns the code that it must fail with, or SQLITE_OK.
  int verdict(Operation operation, const std::string& path);
  /// Calls the functions set for a sync. Returns false if the machine is dead.
  bool about_to_sync();
  bool writes_half();
  bool has_room(const std::string& path, std::int64_t size);
  void note_opened(const std::string& path, std::int64_t size);
  void note_size(const std::string& path, std::int64_t size);
  void note_truncated(const std::string& path, std::int64_t size);
  void note_write(const std::string& path, std::int64_t at, const void* from, int size);
  /// `syncs_directory`: the sync also makes removals durable.
  void note_sync(const std::string& path, bool succeeded, bool syncs_directory);

  std::string name_;
  sqlite3_vfs* const below_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  bool struck_ = false;
  bool half_write_ = false;
  OnStrike on_strike_;
  bool dead_ = false;
  std::function<void()> before_sync_;
  std::function<void()> before_syncs_;
  std::optional<std::int64_t> limit_;
  bool records_ = false;
  std::array<std::int64_t, operations> counts_{};
  std::map<std::string, std::int64_t> sizes_;
  std::map<std::string, Platter> platters_;
  std::set<std::string> removed_;  // a loss of power would bring them back
};
