#pragma once

/// An open file of a FaultyVfs: the calls that SQLite makes on it.

#include <string>

#include <sqlite3.h>

#include "tests/db/faulty_vfs.hpp"

/// The object that SQLite holds for an open file. The real one lies right behind it in memory.
class FaultyFile {
 public:
  static FaultyFile& of(sqlite3_file* file) { return *reinterpret_cast<FaultyFile*>(file); }
  /// Opens the real file behind this one. Returns SQLite's code.
  int open(sqlite3_filename name, int flags, int* flags_out);

  sqlite3_file base{nullptr};
  FaultyVfs* owner = nullptr;
  std::string* path = nullptr;
  bool syncs_directory = false;  // SQLite does so with the first sync of a journal or log

 private:
  using Operation = FaultyVfs::Operation;
  static const sqlite3_io_methods& methods();
  static void add_locks(sqlite3_io_methods& methods);
  static int read(sqlite3_file*, void*, int, sqlite3_int64);
  static int write(sqlite3_file*, const void*, int, sqlite3_int64);
  static int truncate(sqlite3_file*, sqlite3_int64);
  static int sync(sqlite3_file*, int);

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& real() { return *below()->pMethods; }
  int verdict(Operation operation) { return owner->verdict(operation, *path); }
  int write_through(const void* from, int size, sqlite3_int64 at);
};
