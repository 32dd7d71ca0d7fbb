#include "db/sqlite/source.hpp"

#include "db/errors.hpp"

namespace ledger {
namespace {

/// SQLite's own function resolves symbolic links, and so would turn the path of a locked directory
/// into the name that the directory has at that moment.
int full_path(sqlite3_vfs*, const char* path, int size, char* full) {
  sqlite3_snprintf(size, full, "%s", path);
  return SQLITE_OK;
}

sqlite3_vfs* found(const std::string& vfs) {
  sqlite3_vfs* found = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (found == nullptr) throw OpenFailed("SQLite has no VFS of the name " + vfs);
  return found;
}

}  // namespace

Source::Source(const Directory& directory, const SqliteOptions& options)
    : directory_(directory),
      longest_log_growth_(options.longest_log_growth),
      name_("ledger in " + directory.file()),
      vfs_(*found(options.vfs)) {
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.xFullPathname = full_path;
  check(sqlite3_vfs_register(&vfs_, 0), nullptr);
}

Source::~Source() {
  sqlite3_vfs_unregister(&vfs_);
}

Database Source::open_for_writing(const std::string& path) const {
  return Database(path, SQLITE_OPEN_READWRITE, name_.c_str());
}

Database Source::open_for_reading(Use use) const {
  const int flags = use == Use::checking ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  Database database(directory_.file(), flags, name_.c_str());
  // SQLite 3.40's WAL-reset bug can lose a commit if one connection writes while another
  // checkpoints, so the writer's connection alone does both.
  database.check(sqlite3_db_config(database.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                   static_cast<int*>(nullptr)));
  // cache_size: in KiB. Queries are short, and each of many readers has a cache of its own.
  database.run("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;");
  database.integer("SELECT 1 FROM meta");  // opens the log
  directory_.require_opened_files();
  return database;
}

Database Source::open_without_log() const {
  return Database("file:" + directory_.file() + "?immutable=1",
                  SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, name_.c_str());
}

}  // namespace ledger
