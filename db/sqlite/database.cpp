#include "db/sqlite/database.hpp"

#include <new>
#include <system_error>

#include "db/one_line.hpp"

namespace ledger {
namespace {

std::string message_of(int code, sqlite3* native) {
  // A call to the file, past the connection, leaves no message with the connection.
  const bool has_message = native != nullptr && sqlite3_extended_errcode(native) == code;
  std::string text = has_message ? sqlite3_errmsg(native) : sqlite3_errstr(code);
  if (has_message && (code & 0xff) == SQLITE_CANTOPEN) {
    text += ": " + std::generic_category().message(sqlite3_system_errno(native));
  }
  return one_line(text + " (SQLite " + std::to_string(code) + ")");
}

/// SQLite also says "out of memory" of a record in a damaged file whose size no memory holds. While
/// there is more than it ever needs at once, it can only mean that.
bool memory_is_exhausted() {
  constexpr sqlite3_uint64 more_than_needed = 256 * 1024 * 1024;
  void* const probe = sqlite3_malloc64(more_than_needed);
  sqlite3_free(probe);
  return probe == nullptr;
}

}  // namespace

SqlError::SqlError(int code, sqlite3* native)
    : std::runtime_error(message_of(code, native)), code_(code) {}

void check(int code, sqlite3* native) {
  if (code == SQLITE_OK) return;
  if (code != SQLITE_NOMEM && code != SQLITE_IOERR_NOMEM) throw SqlError(code, native);
  if (!memory_is_exhausted()) throw SqlError(SQLITE_CORRUPT, nullptr);
  if (const std::new_handler end_process = std::get_new_handler()) end_process();
  throw std::bad_alloc();
}

Database::Database(const std::string& path, int flags, const char* vfs) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  native_.reset(opened);
  check(code);
  check(sqlite3_busy_timeout(opened, busy_wait_ms));
}

sqlite3_file* Database::file_of(int control) const {
  sqlite3_file* found = nullptr;
  check(sqlite3_file_control(native(), "main", control, &found));
  return found;
}

sqlite3_file* Database::log() const {
  return file_of(SQLITE_FCNTL_JOURNAL_POINTER);
}

sqlite3_file* Database::file() const {
  return file_of(SQLITE_FCNTL_FILE_POINTER);
}

void Database::run(const char* sql) {
  check(sqlite3_exec(native(), sql, nullptr, nullptr, nullptr));
}

std::int64_t Database::integer(const char* sql) {
  Statement statement(*this, sql);
  Cursor rows = statement.run();
  if (!rows.step()) return 0;
  const std::int64_t value = rows.integer(0);
  rows.finish();
  return value;
}

std::string Database::text(const char* sql) {
  Statement statement(*this, sql);
  Cursor rows = statement.run();
  if (!rows.step()) return {};
  std::string value = rows.text(0);
  rows.finish();
  return value;
}

bool Cursor::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) check(code, sqlite3_db_handle(statement_));
  return false;
}

void Cursor::finish() {
  while (step()) {
  }
}

std::string Cursor::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return {reinterpret_cast<const char*>(text), size};
}

Statement::Statement(Database& database, const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v3(database.native(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                         SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  statement_.reset(prepared);
  database.check(code);
}

void Statement::bind(int at, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), at, value), nullptr);
}

void Statement::bind(int at, std::string_view value) {
  // SQLite binds NULL for a null pointer, but an empty view is an empty text.
  const char* data = value.data() != nullptr ? value.data() : "";
  check(sqlite3_bind_text(statement_.get(), at, data, static_cast<int>(value.size()),
                          SQLITE_TRANSIENT),
        nullptr);
}

}  // namespace ledger
