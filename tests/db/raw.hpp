#pragma once

/// The ledger's file as the sqlite3 shell sees it, for tests that inspect or damage it. While a
/// ledger is open on the file, use it only to read.

#include <filesystem>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

class Raw {
 public:
  explicit Raw(const std::filesystem::path& file) {
    if (sqlite3_open(file.c_str(), &native_) != SQLITE_OK) throw std::runtime_error("no file");
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  ~Raw() { sqlite3_close(native_); }

  /// Runs the SQL and returns the error; empty if there is none.
  std::string try_run(const std::string& sql) {
    const bool well = sqlite3_exec(native_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    return well ? std::string() : sqlite3_errmsg(native_);
  }
  void run(const std::string& sql) {
    const std::string error = try_run(sql);
    if (!error.empty()) throw std::runtime_error(error);
  }
  /// Returns the first column of the last row.
  std::string ask(const std::string& sql) {
    std::string answer;
    const auto note = [](void* to, int, char** columns, char**) {
      *static_cast<std::string*>(to) = columns[0] != nullptr ? columns[0] : "";
      return 0;
    };
    if (sqlite3_exec(native_, sql.c_str(), note, &answer, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(native_));
    }
    return answer;
  }

 private:
  sqlite3* native_ = nullptr;
};
