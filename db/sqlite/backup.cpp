#include "db/sqlite/backup.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "db/sqlite/directory.hpp"

namespace ledger {
namespace {

constexpr int pages_per_batch = 64;

std::string reason() {
  return std::generic_category().message(errno);
}

Database snapshot(const Source& source) {
  Database database = open_for_reading(source);
  // Without a read transaction, each commit of the writer would make the copy start over.
  database.run("BEGIN; SELECT 1 FROM meta;");
  return database;
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& path)
    : path_(path), name_(path + ".partial-XXXXXX") {
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0) throw BadPath("the path exists already; choose another");
  const Descriptor made(mkstemp(name_.data()));
  if (made.number() >= 0) return;
  if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) {
    throw BadPath("no file can be made at that path: " + reason());
  }
  throw StoreFailed("cannot make the copy: " + reason());
}

TemporaryFile::~TemporaryFile() {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    unlink((name_ + suffix).c_str());
  }
}

void TemporaryFile::publish() {
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  // Unlike rename(), link() never replaces a file.
  if (link(name_.c_str(), path_.c_str()) != 0) {
    if (errno == EEXIST) throw BadPath("the path exists already; choose another");
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
  // An unfinished copy is removed, so it needs no journal. FULL syncs the copy at its end.
  to_->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;");
  backup_.reset(sqlite3_backup_init(to_->native(), "main", from_.native(), "main"));
  if (!backup_) to_->check(sqlite3_extended_errcode(to_->native()));
}

bool SqliteBackup::next(const KeepGoing& keep_going) {
  if (done_) return false;
  if (!keep_going()) return true;
  return or_store_failed([&] {
    const int code = sqlite3_backup_step(backup_.get(), pages_per_batch);
    if (code == SQLITE_OK) return true;
    if (code != SQLITE_DONE) check(code, nullptr);
    finish();
    return false;
  });
}

void SqliteBackup::finish() {
  to_->check(sqlite3_backup_finish(backup_.release()));
  // The copy is in WAL mode like the original. In DELETE mode it is one whole file.
  if (to_->text("PRAGMA journal_mode = DELETE") != "delete") {
    throw StoreFailed("the copy cannot be closed");
  }
  to_.reset();
  file_.publish();
  done_ = true;
}

}  // namespace ledger
