#pragma once

/// A machine that fails on order, and can lose its power: SQLite's view of the file system, passed
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
    any,    // only to be ordered
  };
  static constexpr std::size_t operations = 12;
  /// What SQLite is told where nobody says otherwise: SQLITE_IOERR_READ for a read.
  static int usual_code(Operation operation);

  /// Registers itself under a name of its own.
  FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  /// All that was opened through it has been closed.
  ~FaultyVfs();
  const std::string& name() const { return name_; }

  struct Fault {
    Operation operation = Operation::write;
    int code = SQLITE_IOERR;  // what SQLite is told; SQLITE_OK: the usual
    int well = 0;             // how many go well before
    bool for_good = false;    // all that follow fail too
    std::string ending = {};  // only on files whose names end so
    bool half = false;        // a failing write has written its first half
  };
  /// Replaces the fault ordered before, if any.
  void order(Fault fault);
  /// The disk is full once the files opened through this take so many bytes.
  void limit_bytes(std::int64_t bytes);
  /// The process is dead: whatever it still asks for fails, and changes nothing.
  void die();
  /// No faults any more, and no limit; what asks now is a process that lives.
  void heal();
  /// What is to happen when a fault strikes a file, on the thread it strikes; must not call this
  /// machine.
  using CancelAttempt = std::function<void(Operation, const std::string& path)>;
  void on_strike(CancelAttempt act);
  /// True if the ordered fault has struck.
  bool struck() const;
  /// How many operations of that sort there have been.
  std::int64_t count(Operation operation) const;
  /// How many bytes the files opened through this take.
  std::int64_t bytes() const;

  /// What is to happen, once, when the next sync is asked for and before it is done.
  void before_next_sync(std::function<void()> act);
  /// What is to happen before each sync.
  void before_every_sync(std::function<void()> act);

  /// From now on remembers what of each file has been synced. Files must not be there before.
  void remember_synced();
  /// Writes into a new directory what is left when the power goes off now. What was not synced is
  /// lost or, given a loss, as that says; a file removed or made may then be there or not.
  void lose_power(const std::filesystem::path& into, std::optional<PowerLoss> loss = {}) const;

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
  static int access(sqlite3_vfs*, const char*, int, int*);
  static int wait(sqlite3_vfs*, int);
  static void add_locks(sqlite3_io_methods& methods);

  /// The code the operation is to fail with, or SQLITE_OK.
  int verdict(Operation operation, const std::string& path);
  int verdict(Operation operation, sqlite3_file* file);
  int write_through(File& file, const void* from, int size, std::int64_t at);
  int write_half(File& file, int code, const void* from, int size, std::int64_t at);
  bool has_room(const std::string& path, std::int64_t size);
  void note_opened(const std::string& path, std::int64_t size);
  void note_size(const std::string& path, std::int64_t size);
  void note_cut(const std::string& path, std::int64_t size);
  void note_write(const std::string& path, std::int64_t at, const void* from, int size);
  void note_sync(File& file, bool well);

  std::string name_;
  sqlite3_vfs* const below_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  bool struck_ = false;
  bool halves_ = false;
  CancelAttempt on_strike_;
  bool dead_ = false;
  std::function<void()> before_sync_;
  std::function<void()> before_syncs_;
  std::optional<std::int64_t> limit_;
  bool remembers_ = false;
  std::array<std::int64_t, operations> counts_{};
  std::map<std::string, std::int64_t> sizes_;
  std::map<std::string, Platter> platters_;
  std::set<std::string> removed_;  // and would be back after a loss of power
};
