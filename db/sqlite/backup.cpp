#include "db/sqlite/backup.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ledger {
namespace {

constexpr int pages_per_batch = 64;

std::string reason() {
  return std::generic_category().message(errno);
}

/// Throws what errno says: StoreFailed if the same path may work later, otherwise BadPath.
[[noreturn]] void refuse_path(const std::string& text) {
  for (const int temporary : {ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EINTR}) {
    if (errno == temporary) throw StoreFailed(text + ": " + reason());
  }
  throw BadPath(text + ": " + reason() + "; choose another path");
}

}  // namespace

TemporaryFile::TemporaryFile(const std::filesystem::path& path)
    : folder_(open_folder(path.parent_path())), final_name_(path.filename()) {
  if (folder_.number() < 0) refuse_path("its folder cannot be opened");
  struct stat found {};
  if (fstatat(folder_.number(), final_name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
    throw BadPath("the path exists already; choose another");
  }
  if (errno != ENOENT) refuse_path("no file can have that name");
  path_ = folder_.path(".atm-backup-XXXXXX");
  const Descriptor made(mkstemp(path_.data()));
  if (made.number() < 0) refuse_path("no file can be made there");
}

TemporaryFile::~TemporaryFile() {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((path_ + suffix).c_str());
}

void TemporaryFile::publish() {
  const std::string final_path = folder_.path(final_name_);
  // Unlike rename(), link() never replaces a file.
  if (link(path_.c_str(), final_path.c_str()) != 0) {
    if (errno == EEXIST) throw BadPath("the path exists already; choose another");
    throw StoreFailed("cannot name the copy: " + reason());
  }
  unlink(path_.c_str());
  try {
    folder_.sync();
  } catch (const std::system_error& error) {
    unlink(final_path.c_str());
    throw StoreFailed(error.what());
  }
}

SqliteBackup::SqliteBackup(const Source& source, const std::string& path)
    : file_(path), from_(source.open_for_reading()), to_(source.open_for_writing(file_.path())) {
  // Without a snapshot, each commit of the writer would make the copy start over.
  snapshot_.emplace(from_, source.longest_log_growth());
  // An unfinished copy is removed, so it needs no journal. finish() syncs the copy.
  to_->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
  backup_.reset(sqlite3_backup_init(to_->native(), "main", from_.native(), "main"));
  if (!backup_) to_->check(sqlite3_extended_errcode(to_->native()));
}

bool SqliteBackup::next(const KeepGoing& keep_going) {
  if (done_) return false;
  if (!keep_going()) return true;
  return or_store_failed([&] {
    const int code = sqlite3_backup_step(backup_.get(), pages_per_batch);
    if (code == SQLITE_OK) snapshot_->require_short_log();
    if (code == SQLITE_OK) return true;
    if (code != SQLITE_DONE) check(code, nullptr);
    finish();
    return false;
  });
}

void SqliteBackup::finish() {
  to_->check(sqlite3_backup_finish(backup_.release()));
  snapshot_.reset();  // a sync may take long, and the log can restart meanwhile
  // The copy is in WAL mode like the original. In DELETE mode it is one whole file.
  if (to_->text("PRAGMA journal_mode = DELETE") != "delete") {
    throw StoreFailed("the copy cannot be closed");
  }
  sqlite3_file* const copy = to_->file();
  to_->check(copy->pMethods->xSync(copy, SQLITE_SYNC_FULL));
  to_.reset();
  file_.publish();
  done_ = true;
}

}  // namespace ledger
