#include "db/sqlite/backup.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "db/sqlite/directory.hpp"

namespace ledger {
namespace {

constexpr int pages_a_batch = 64;
constexpr std::size_t longest_suffix = 8;  // -journal

std::string reason() {
  return std::generic_category().message(errno);
}

Connection snapshot(const Source& source) {
  Connection connection = reading(source);
  // With a read transaction open, what others write meanwhile does not make the copy start over.
  connection.run("BEGIN; SELECT 1 FROM meta;");
  return connection;
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& path)
    : path_(path), name_(path + ".partial-XXXXXX") {
  // Before the file is there: its removal takes no memory.
  beside_.reserve(name_.size() + longest_suffix);
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0) throw BadPath("the path exists already");
  const Descriptor made(mkstemp(name_.data()));
  if (made.number() >= 0) return;
  if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) {
    throw BadPath("no file can have that path: " + reason());
  }
  throw StoreFailed("cannot make the copy: " + reason());
}

TemporaryFile::~TemporaryFile() {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    beside_ = name_;
    beside_ += suffix;
    unlink(beside_.c_str());
  }
}

void TemporaryFile::publish() {
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  // Unlike rename(), link() never replaces a file.
  if (link(name_.c_str(), path_.c_str()) != 0) {
    if (errno == EEXIST) throw BadPath("the path exists already");
    throw StoreFailed("cannot name the copy: " + reason());
  }
  unlink(name_.c_str());
  try {
    sync_directory(folder);
  } catch (const std::exception& error) {
    unlink(path_.c_str());
    throw StoreFailed(error.what());
  }
}

SqliteBackup::SqliteBackup(const Source& source, const std::string& path)
    : from_(snapshot(source)), file_(path) {
  to_.emplace(file_.name(), SQLITE_OPEN_READWRITE, source.vfs_name());
  // Nobody misses a copy that is not finished, so it needs no journal; FULL syncs it at its end.
  to_->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;");
  backup_.reset(sqlite3_backup_init(to_->native(), "main", from_.native(), "main"));
  if (!backup_) throw SqlError(sqlite3_errcode(to_->native()), sqlite3_errmsg(to_->native()));
}

bool SqliteBackup::next(const KeepGoing& keep_going) {
  if (done_) return false;
  if (!keep_going()) return true;
  try {
    const int code = sqlite3_backup_step(backup_.get(), pages_a_batch);
    if (code == SQLITE_OK) return true;
    if (code != SQLITE_DONE) throw SqlError(code, sqlite3_errstr(code));
    finish();
  } catch (const SqlError& error) {
    throw StoreFailed(error.what());
  } catch (const std::bad_alloc&) {
    throw StoreFailed("out of memory");
  }
  return false;
}

void SqliteBackup::finish() {
  to_->check(sqlite3_backup_finish(backup_.release()));
  // The copy is in WAL mode, as the original; out of it, it is whole without files beside it.
  if (to_->text("PRAGMA journal_mode = DELETE") != "delete") {
    throw StoreFailed("the copy cannot be closed");
  }
  to_.reset();
  file_.publish();
  done_ = true;
}

}  // namespace ledger
