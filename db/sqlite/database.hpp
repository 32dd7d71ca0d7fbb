#pragma once

/// A connection to an SQLite file, its statements, and their errors as exceptions. Each connection
/// is used by one thread at a time (it has no mutex of its own). Calls may block for the disk.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "db/errors.hpp"

namespace ledger {

/// The failure of an SQLite call, with SQLite's message in one line.
class SqlError : public std::runtime_error {
 public:
  /// `native` is the connection that the call was made on; null if it was not made on one.
  SqlError(int code, sqlite3* native);
  /// Returns the primary code: SQLITE_FULL, SQLITE_CONSTRAINT, …
  int kind() const { return code_ & 0xff; }

 private:
  int code_;
};

/// Throws SqlError unless the code is SQLITE_OK. If SQLite is out of memory, calls the handler of
/// operator new, so that the process ends in the same way, and throws std::bad_alloc without one.
/// If only SQLite says so, and memory is there, the file is damaged: SqlError says that.
void check(int code, sqlite3* native);

/// Returns the result of `step`. Throws StoreFailed instead of SqlError, std::system_error and
/// every other std::runtime_error.
template <typename Step>
auto or_store_failed(Step step) {
  try {
    return step();
  } catch (const std::runtime_error& error) {
    throw StoreFailed(error.what());
  }
}

class Database {
 public:
  /// Opens the file with SQLITE_OPEN_… `flags` through the named VFS, or the default one if null.
  /// Its calls wait for other processes' locks for up to busy_wait_ms. Throws SqlError.
  Database(const std::string& path, int flags, const char* vfs);

  static constexpr int busy_wait_ms = 5000;

  /// Runs statements and ignores their rows. Throws SqlError.
  void run(const char* sql);
  /// Return the first column of the first row; 0 or empty if there is none. Throw SqlError.
  std::int64_t integer(const char* sql);
  std::string text(const char* sql);
  bool in_transaction() const { return sqlite3_get_autocommit(native()) == 0; }

  /// Throws SqlError, as the function of this name does.
  void check(int code) const { ledger::check(code, native()); }
  /// Returns the file of the write-ahead log, which the connection owns; without methods if it is
  /// not open. Throws SqlError.
  sqlite3_file* log() const;
  /// Returns the database file, as above.
  sqlite3_file* file() const;
  sqlite3* native() const { return native_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* native) const { sqlite3_close(native); }
  };
  sqlite3_file* file_of(int control) const;

  std::unique_ptr<sqlite3, Close> native_;
};

/// One execution of a statement. Its destructor resets the statement, which releases its locks.
class Cursor {
 public:
  explicit Cursor(sqlite3_stmt* statement) : statement_(statement) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { sqlite3_reset(statement_); }

  /// Moves to the next row. Returns false at the end. Throws SqlError.
  bool step();
  /// Moves to the end. Some statements (PRAGMA journal_mode) act only there, and the destructor
  /// could not report their failure. Throws SqlError.
  void finish();
  // Return a column of the current row; 0 or empty if it is NULL.
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A prepared statement. Its database outlives it.
class Statement {
 public:
  Statement(Database& database, const std::string& sql);  // throws SqlError

  /// Starts an execution with copies of these values for ?1, ?2, …. Throws SqlError.
  template <typename... Values>
  Cursor run(const Values&... values) {
    int at = 0;
    (bind(++at, values), ...);
    return Cursor(statement_.get());
  }
  /// Executes it to its end and returns how many rows it changed. Throws SqlError.
  template <typename... Values>
  int change(const Values&... values) {
    run(values...).finish();
    return sqlite3_changes(sqlite3_db_handle(statement_.get()));
  }

 private:
  void bind(int at, std::int64_t value);
  void bind(int at, std::string_view value);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace ledger
