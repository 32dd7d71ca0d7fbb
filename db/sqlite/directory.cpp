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
  } else if (errno != EEXIST) {
    fail("mkdir");
  }
  Descriptor folder = open_folder(path);
  if (folder.number() < 0) fail("open");
  return folder;
}

void lock(const Descriptor& file) {
  if (flock(file.number(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) fail("its lock file");
  throw OpenFailed("another server is using it; stop that server or choose another with --data");
}

Descriptor open_and_lock(const Descriptor& folder) {
  Descriptor file(openat(folder.number(), Directory::lock_name,
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.number() < 0) fail("its lock file");
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

/// Returns whether the header of a database says that it has a log.
bool in_wal_mode(const Descriptor& file) {
  std::array<char, 20> header{};
  if (pread(file.number(), header.data(), header.size(), 0) < 0) fail(Directory::file_name);
  return header[19] == 2;  // the version that a reader must know
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
  if (size_of(folder_, log_name) > 0) {
    throw OpenFailed("ledger.db is missing beside its log " + std::string(log_name) +
                     "; restore ledger.db, or move the log away to begin an empty bank");
  }
  // A power cut while a ledger is created may leave its rollback journal alone; SQLite removes it.
  if (record_.recorded == 0) return;
  throw OpenFailed(
      "ledger.db is missing, and the file lock says that a ledger was served here; restore it, or "
      "remove the file lock to begin an empty bank");
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
    throw OpenFailed("ledger.db is a symbolic link; use the directory of its target with --data");
  }
  if (file.number() < 0) fail(file_name);
  refuse_strange_files(file);
  return file;
}

/// Refuses a database that can be reached from elsewhere, or that does not belong to its log.
void Directory::refuse_strange_files(const Descriptor& database) const {
  struct stat found {};
  if (fstat(database.number(), &found) != 0) fail(file_name);
  if (!S_ISREG(found.st_mode)) throw OpenFailed("ledger.db is not a file");
  if (found.st_nlink > 1) {
    throw OpenFailed("ledger.db has another name (a hard link); remove the link or copy the file");
  }
  if (has_log() && !in_wal_mode(database)) {
    throw OpenFailed(
        "ledger.db is a copy that does not belong to the log beside it; move ledger.db-wal away to "
        "serve the copy");
  }
  if (record_.serving && !has_log()) {
    throw OpenFailed(
        "its log ledger.db-wal is missing, perhaps with commits; restore it, or remove the file "
        "lock to serve ledger.db without it");
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
  struct stat found {};
  if (fstat(database_.number(), &found) != 0) return false;
  return folder_.identity_of(file_name) == FileIdentity{found.st_dev, found.st_ino} &&
         folder_.identity_of(log_name) == log_;
}

void Directory::refuse_own_file(const std::filesystem::path& path) const {
  const Descriptor parent = open_folder(path.parent_path());
  const bool here = parent.number() >= 0 && parent.identity_of(".") == folder_.identity_of(".");
  if (here && path.filename().string().starts_with(file_name)) {
    throw BadPath("the path belongs to the ledger itself; choose another");
  }
}

}  // namespace ledger
