#pragma once

/// A connection to an SQLite file, its statements, and their errors as exceptions. Used by one
/// thread at a time (the connections have no mutex of their own); calls may block for the disk.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "db/one_line.hpp"

namespace ledger {

/// What an SQLite call answered instead of SQLITE_OK, with its message for people in one line.
class SqlError : public std::runtime_error {
 public:
  SqlError(int code, std::string message)
      : std::runtime_error(one_line(std::move(message))), code_(code) {}
  /// The primary code: SQLITE_FULL, SQLITE_CONSTRAINT, …
  int kind() const { return code_ & 0xff; }

 private:
  int code_;
};

class Connection {
 public:
  /// Opens the file with SQLITE_OPEN_… `flags`, through the named VFS or, if null, the default one.
  /// Waits for other processes' locks up to busy_wait_ms. Throws SqlError.
  Connection(const std::string& path, int flags, const char* vfs);

  static constexpr int busy_wait_ms = 5000;

  /// Runs statements whose rows nobody needs. Throws SqlError.
  void run(const char* sql);
  /// The first column of the first row of a query or pragma; 0 or empty if there is none.
  std::int64_t integer(const char* sql);
  std::string text(const char* sql);
  bool in_transaction() const { return sqlite3_get_autocommit(native()) == 0; }

  sqlite3* native() const { return native_.get(); }
  /// Throws SqlError with the connection's latest message, unless the code is SQLITE_OK.
  void check(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* native) const { sqlite3_close(native); }
  };
  std::unique_ptr<sqlite3, Close> native_;
};

/// One execution of a statement; its destructor resets the statement, which ends its locks.
class Run {
 public:
  explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { sqlite3_reset(statement_); }

  /// True if there is a row, false at the end. Throws SqlError.
  bool step();
  /// Goes on from a row to the end. What a statement changes it changes there (PRAGMA journal_mode
  /// does), and a destructor could not tell that it has failed. Throws SqlError.
  void finish();
  /// A column of the row; 0 or empty where it is NULL.
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A statement prepared once. Its connection outlives it.
class Statement {
 public:
  Statement(Connection& connection, const std::string& sql);  // throws SqlError

  /// Starts it with copies of these values for ?1, ?2, ….
  template <typename... Values>
  Run run(const Values&... values) {
    int at = 0;
    (bind(++at, values), ...);
    return Run(statement_.get());
  }
  /// Runs it to its end and returns how many rows it changed. Throws SqlError.
  template <typename... Values>
  int change(const Values&... values) {
    Run rows = run(values...);
    while (rows.step()) {
    }
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
