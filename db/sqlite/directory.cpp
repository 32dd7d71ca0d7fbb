#include "db/sqlite/directory.hpp"

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/errors.hpp"
#include "db/sqlite/remedies.hpp"

namespace ledger {
namespace {

constexpr const char* record_format = "ledger %20" PRId64 " recorded %20" PRId64 " given %20" PRId64
                                      " base %20" PRId64 " serving %d checkpointing %d\n";
constexpr std::size_t longest_record = 256;

Descriptor open_or_make_folder(const std::filesystem::path& given) {
  std::filesystem::path path = std::filesystem::absolute(given).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();  // a slash at the end
  if (mkdir(path.c_str(), 0700) == 0) {
    const Descriptor parent = open_folder(path.parent_path());
    if (parent.number() < 0) fail(path.parent_path());
    parent.sync();
  } else if (errno == ENOENT) {
    refuse("its parent directory does not exist",
           std::string("create that, or ") + choose_directory);
  } else if (errno != EEXIST && errno != ENOTDIR) {
    fail("cannot create it");
  }
  Descriptor folder = open_folder(path);
  if (folder.number() < 0 && errno == ENOTDIR) {
    refuse("it is not a directory", choose_directory);
  }
  if (folder.number() < 0) fail("cannot open it");
  return folder;
}

/// Returns what the system says about the descriptor, which openat() has returned for that name, or
/// an empty status if the name is that of a directory, a socket or a link. Throws
/// std::system_error.
struct stat status_of(const Descriptor& opened, const char* name) {
  struct stat found {};
  const bool no_file = errno == EISDIR || errno == ENXIO || errno == ELOOP;
  if (opened.number() < 0 && no_file) return found;
  if (opened.number() < 0 || fstat(opened.number(), &found) != 0) fail(name);
  return found;
}

void lock(const Descriptor& file) {
  if (flock(file.number(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) fail("its lock file");
  refuse("another server is using it", "stop that server or choose another with --data");
}

Descriptor open_and_lock(const Descriptor& folder) {
  Descriptor file(openat(folder.number(), Directory::lock_name,
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!S_ISREG(status_of(file, "its lock file").st_mode)) {
    refuse("its lock is not a file", "move lock away");
  }
  lock(file);
  return file;
}

/// Returns an empty record if the file is empty or unreadable: a crash can have cut its creation.
LockRecord read_record(const Descriptor& file) {
  std::array<char, longest_record> text{};
  if (pread(file.number(), text.data(), text.size() - 1, 0) < 0) fail("its lock file");
  LockRecord record;
  int serving = 0;
  int checkpointing = 0;
  const int found = std::sscanf(text.data(), record_format, &record.identity, &record.recorded,
                                &record.given, &record.base, &serving, &checkpointing);
  if (found != 6) return {};
  record.serving = serving != 0;
  record.checkpointing = checkpointing != 0;
  return record;
}

std::string header_of(const Descriptor& database) {
  std::string header(20, '\0');
  if (pread(database.number(), header.data(), header.size(), 0) < 0) fail(Directory::file_name);
  return header;
}

bool is_database(const Descriptor& file) {
  return header_of(file).starts_with("SQLite format 3");
}

/// Returns whether the header of a database says that it has a log.
bool in_wal_mode(const Descriptor& database) {
  return header_of(database)[19] == 2;  // the version that a reader must know
}

off_t size_of(const Descriptor& folder, const char* name) {
  struct stat found {};
  return fstatat(folder.number(), name, &found, AT_SYMLINK_NOFOLLOW) == 0 ? found.st_size : 0;
}

}  // namespace

Directory::Directory(const std::filesystem::path& path)
    : folder_(open_or_make_folder(path)),
      lock_(open_and_lock(folder_)),
      record_(read_record(lock_)),
      database_(open_database()) {
  lock(database_);  // also keeps out a server that has opened the file through another directory
  folder_.sync();
}

void Directory::refuse_lost_ledger() const {
  const std::string remedy = std::string("put it back as it was, or ") + restore_or_begin;
  if (has_log()) refuse("ledger.db is missing beside its log ledger.db-wal", remedy);
  // A power cut while a ledger is created may leave its rollback journal alone; SQLite removes it.
  if (record_.recorded == 0) return;
  refuse("ledger.db is missing, and the file lock says that a ledger was served here", remedy);
}

Descriptor Directory::open_database() const {
  const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  const bool exists = folder_.identity_of(file_name).has_value();
  const bool lost =
      size_of(folder_, file_name) == 0 && (!exists || record_.recorded > 0 || has_log());
  if (lost) refuse_lost_ledger();
  // SQLite would create it with a mode that depends on the umask. Files beside it inherit this one.
  Descriptor file(openat(folder_.number(), file_name, exists ? flags : flags | O_CREAT, 0600));
  if (file.number() < 0 && errno == ELOOP) {
    refuse("ledger.db is a symbolic link",
           "put its target in its place, with the target's -wal if it has one, or " +
               std::string(choose_directory));
  }
  refuse_strange_files(file);
  return file;
}

/// Refuses a database that can be reached from elsewhere, or that does not belong to its log.
void Directory::refuse_strange_files(const Descriptor& database) const {
  const struct stat found = status_of(database, file_name);
  if (!S_ISREG(found.st_mode)) refuse("ledger.db is not a file", restore_or_begin);
  if (found.st_nlink > 1) {
    refuse("ledger.db has another name (a hard link)", "remove the link or copy the file");
  }
  if (has_log() && !is_database(database)) refuse("ledger.db is no database", restore_or_begin);
  if (has_log() && !in_wal_mode(database)) {
    refuse("ledger.db is a copy that does not belong to the log beside it",
           "move ledger.db-wal and lock away to serve the copy");
  }
  if (record_.serving && !has_log()) {
    refuse("its log ledger.db-wal is missing, perhaps with commits",
           "put it back, or move lock away to serve ledger.db without it");
  }
}

bool Directory::has_log() const {
  return size_of(folder_, log_name) > 0;
}

void Directory::write(const LockRecord& record) {
  std::array<char, longest_record> text{};
  const int size =
      std::snprintf(text.data(), text.size(), record_format, record.identity, record.recorded,
                    record.given, record.base, int{record.serving}, int{record.checkpointing});
  if (pwrite(lock_.number(), text.data(), static_cast<std::size_t>(size), 0) != size) {
    fail("its lock file");
  }
  lock_.sync();
  record_ = record;
}

void Directory::remember_log() {
  log_ = folder_.identity_of(log_name);
}

bool Directory::has_opened_files() const {
  const auto opened = database_.identity_of("");
  return opened && folder_.identity_of(file_name) == opened &&
         folder_.identity_of(log_name) == log_;
}

void Directory::require_opened_files() const {
  if (has_opened_files()) return;
  throw StoreFailed(
      "ledger.db or ledger.db-wal was removed or replaced while in use; move the original back, or "
      "stop the server, " +
      std::string(restore_or_begin));
}

void Directory::refuse_own_file(const std::filesystem::path& path) const {
  const Descriptor parent = open_folder(path.parent_path());
  const bool here = parent.number() >= 0 && parent.identity_of(".") == folder_.identity_of(".");
  if (here && path.filename().string().starts_with(file_name)) {
    throw BadPath("the path belongs to the ledger itself; choose another");
  }
}

}  // namespace ledger
