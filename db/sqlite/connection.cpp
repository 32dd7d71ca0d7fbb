#include "db/sqlite/connection.hpp"

namespace ledger {
namespace {

std::string message_of(sqlite3* native, int code) {
  // A call past SQLite, to its file, leaves no message with the connection.
  const bool has_message = native != nullptr && sqlite3_extended_errcode(native) == code;
  const char* text = has_message ? sqlite3_errmsg(native) : sqlite3_errstr(code);
  return std::string(text) + " (SQLite " + std::to_string(code) + ")";
}

}  // namespace

Connection::Connection(const std::string& path, int flags, const char* vfs) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  native_.reset(opened);
  check(code);
  check(sqlite3_busy_timeout(opened, busy_wait_ms));
}

void Connection::check(int code) const {
  if (code != SQLITE_OK) throw SqlError(code, message_of(native(), code));
}

void Connection::run(const char* sql) {
  check(sqlite3_exec(native(), sql, nullptr, nullptr, nullptr));
}

std::int64_t Connection::integer(const char* sql) {
  Statement statement(*this, sql);
  Run rows = statement.run();
  if (!rows.step()) return 0;
  const std::int64_t value = rows.integer(0);
  rows.finish();
  return value;
}

std::string Connection::text(const char* sql) {
  Statement statement(*this, sql);
  Run rows = statement.run();
  if (!rows.step()) return {};
  std::string value = rows.text(0);
  rows.finish();
  return value;
}

bool Run::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw SqlError(code, message_of(sqlite3_db_handle(statement_), code));
}

void Run::finish() {
  while (step()) {
  }
}

std::string Run::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return {reinterpret_cast<const char*>(text), size};
}

Statement::Statement(Connection& connection, const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v3(connection.native(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                         SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  statement_.reset(prepared);
  connection.check(code);
}

void Statement::bind(int at, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), at, value);
  if (code != SQLITE_OK) throw SqlError(code, sqlite3_errstr(code));
}

void Statement::bind(int at, std::string_view value) {
  // A null pointer would be NULL; an empty text is what an empty view means.
  const char* data = value.data() != nullptr ? value.data() : "";
  const int code = sqlite3_bind_text(statement_.get(), at, data, static_cast<int>(value.size()),
                                     SQLITE_TRANSIENT);
  if (code != SQLITE_OK) throw SqlError(code, sqlite3_errstr(code));
}

}  // namespace ledger
