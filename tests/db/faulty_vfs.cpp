#include "tests/db/faulty_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <new>
#include <random>
#include <stdexcept>

/// What SQLite holds of an open file; the real one stands right behind it in memory.
struct FaultyVfs::File {
  sqlite3_file base;
  FaultyVfs* owner;
  std::string* path;
  bool syncs_directory;  // as SQLite does with the first sync of a journal or log

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& real() { return *below()->pMethods; }
};

namespace {

int next_number() {
  static std::atomic<int> number{0};
  return number++;
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

FaultyVfs::FaultyVfs()
    : name_("faulty-" + std::to_string(next_number())),
      below_(sqlite3_vfs_find(nullptr)),
      vfs_(*below_) {
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + below_->szOsFile;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xAccess = access;
  vfs_.xSleep = wait;
  if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("no VFS");
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

FaultyVfs& FaultyVfs::owner(sqlite3_vfs* vfs) {
  return *static_cast<FaultyVfs*>(vfs->pAppData);
}

int FaultyVfs::usual_code(Operation operation) {
  static constexpr std::array<int, operations> codes{
      SQLITE_CANTOPEN,       SQLITE_IOERR_READ,   SQLITE_IOERR_WRITE,  SQLITE_IOERR_FSYNC,
      SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_DELETE, SQLITE_IOERR_FSTAT,  SQLITE_IOERR_ACCESS,
      SQLITE_IOERR_LOCK,     SQLITE_IOERR_UNLOCK, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMLOCK};
  return codes.at(static_cast<std::size_t>(operation));
}

void FaultyVfs::order(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
  struck_ = false;
}

void FaultyVfs::limit_bytes(std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  limit_ = bytes;
}

void FaultyVfs::die() {
  const std::lock_guard lock(mutex_);
  dead_ = true;
}

void FaultyVfs::heal() {
  const std::lock_guard lock(mutex_);
  dead_ = false;
  fault_.reset();
  limit_.reset();
}

void FaultyVfs::on_strike(CancelAttempt act) {
  const std::lock_guard lock(mutex_);
  on_strike_ = std::move(act);
}

bool FaultyVfs::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

std::int64_t FaultyVfs::count(Operation operation) const {
  const std::lock_guard lock(mutex_);
  return counts_.at(static_cast<std::size_t>(operation));
}

std::int64_t FaultyVfs::bytes() const {
  const std::lock_guard lock(mutex_);
  std::int64_t sum = 0;
  for (const auto& [path, size] : sizes_) sum += size;
  return sum;
}

void FaultyVfs::before_next_sync(std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  before_sync_ = std::move(act);
}

void FaultyVfs::before_every_sync(std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  before_syncs_ = std::move(act);
}

void FaultyVfs::remember_synced() {
  const std::lock_guard lock(mutex_);
  remembers_ = true;
}

void FaultyVfs::lose_power(const std::filesystem::path& into, std::optional<PowerLoss> loss) const {
  std::filesystem::create_directory(into);
  std::mt19937 coin(loss ? loss->seed : 0);
  const std::lock_guard lock(mutex_);
  for (const auto& [path, platter] : platters_) {
    const bool perhaps = removed_.contains(path);
    if (loss && perhaps && coin() % 2 == 0) continue;
    const std::string left = platter.left(loss);
    if (loss && left.empty() && coin() % 2 == 0) continue;
    std::ofstream out(into / std::filesystem::path(path).filename(), std::ios::binary);
    out.write(left.data(), static_cast<std::streamsize>(left.size()));
  }
}

int FaultyVfs::verdict(Operation operation, const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (dead_) return usual_code(operation);
  ++counts_.at(static_cast<std::size_t>(operation));
  const bool meant = fault_ &&
                     (fault_->operation == operation || fault_->operation == Operation::any) &&
                     ends_with(path, fault_->ending);
  if (!meant || fault_->well-- > 0) return SQLITE_OK;
  const int code = fault_->code != SQLITE_OK ? fault_->code : usual_code(operation);
  halves_ = fault_->half;
  if (!fault_->for_good) fault_.reset();
  struck_ = true;
  if (on_strike_) on_strike_(operation, path);
  return code;
}

int FaultyVfs::verdict(Operation operation, sqlite3_file* file) {
  return verdict(operation, *File::of(file).path);
}

bool FaultyVfs::has_room(const std::string& path, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  if (!limit_ || size <= sizes_[path]) return true;
  std::int64_t sum = size - sizes_[path];
  for (const auto& [other, taken] : sizes_) sum += taken;
  if (sum <= *limit_) return true;
  struck_ = true;
  return false;
}

void FaultyVfs::note_size(const std::string& path, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  sizes_[path] = size;
}

void FaultyVfs::note_opened(const std::string& path, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  sizes_[path] = size;
  // Removed and made anew, and neither of it durable: as if it had been cut.
  if (remembers_ && removed_.contains(path)) platters_[path].truncate(size);
}

void FaultyVfs::note_cut(const std::string& path, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  sizes_[path] = size;
  if (remembers_) platters_[path].truncate(size);
}

void FaultyVfs::note_write(const std::string& path, std::int64_t at, const void* from, int size) {
  const std::lock_guard lock(mutex_);
  if (!remembers_) return;
  const auto* bytes = static_cast<const char*>(from);
  platters_[path].write(at, std::string(bytes, bytes + size));
}

void FaultyVfs::note_sync(File& file, bool well) {
  const std::lock_guard lock(mutex_);
  if (!remembers_ || dead_) return;
  Platter& platter = platters_[*file.path];
  if (!well) {
    platter.fail_sync();
    return;
  }
  platter.sync();
  removed_.erase(*file.path);
  if (!file.syncs_directory) return;
  for (const std::string& path : removed_) platters_.erase(path);
  removed_.clear();
  file.syncs_directory = false;
}

int FaultyVfs::open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* opened, int flags,
                    int* flags_out) {
  FaultyVfs& self = owner(vfs);
  File& file = *new (opened) File{{nullptr}, &self, nullptr, false};
  const std::string path = name != nullptr ? name : "";
  if (const int code = self.verdict(Operation::open, path)) return code;
  file.below()->pMethods = nullptr;
  const int code = self.below_->xOpen(self.below_, name, file.below(), flags, flags_out);
  if (code != SQLITE_OK) return code;
  file.path = new std::string(path);
  file.base.pMethods = &methods();
  file.syncs_directory = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  sqlite3_int64 size = 0;
  file.real().xFileSize(file.below(), &size);
  self.note_opened(path, size);
  return SQLITE_OK;
}

int FaultyVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  FaultyVfs& self = owner(vfs);
  if (const int code = self.verdict(Operation::remove, path)) return code;
  const int code = self.below_->xDelete(self.below_, path, sync_directory);
  const std::lock_guard lock(self.mutex_);
  self.sizes_.erase(path);
  self.removed_.insert(path);
  if (sync_directory == 0) return code;
  for (const std::string& gone : self.removed_) self.platters_.erase(gone);
  self.removed_.clear();
  return code;
}

int FaultyVfs::access(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  FaultyVfs& self = owner(vfs);
  if (const int code = self.verdict(Operation::access, path)) return code;
  return self.below_->xAccess(self.below_, path, flags, out);
}

/// A lock that is refused by order does not come free.
int FaultyVfs::wait(sqlite3_vfs* vfs, int microseconds) {
  FaultyVfs& self = owner(vfs);
  if (self.struck()) return microseconds;
  return self.below_->xSleep(self.below_, microseconds);
}

int FaultyVfs::read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::read, file)) return code;
  return self.real().xRead(self.below(), to, size, at);
}

int FaultyVfs::write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::write, file)) {
    return self.owner->write_half(self, code, from, size, at);
  }
  if (!self.owner->has_room(*self.path, at + size)) return SQLITE_FULL;
  return self.owner->write_through(self, from, size, at);
}

int FaultyVfs::write_through(File& file, const void* from, int size, std::int64_t at) {
  const int code = file.real().xWrite(file.below(), from, size, at);
  if (code == SQLITE_OK) note_write(*file.path, at, from, size);
  sqlite3_int64 now = 0;
  file.real().xFileSize(file.below(), &now);
  note_size(*file.path, now);
  return code;
}

int FaultyVfs::write_half(File& file, int code, const void* from, int size, std::int64_t at) {
  bool half = false;
  {
    const std::lock_guard lock(mutex_);
    half = halves_ && !dead_;
  }
  if (half) write_through(file, from, size / 2, at);
  return code;
}

int FaultyVfs::truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::truncate, file)) return code;
  const int code = self.real().xTruncate(self.below(), size);
  if (code == SQLITE_OK) self.owner->note_cut(*self.path, size);
  return code;
}

int FaultyVfs::sync(sqlite3_file* file, int flags) {
  File& self = File::of(file);
  std::function<void()> once;
  std::function<void()> every;
  {
    const std::lock_guard lock(self.owner->mutex_);
    if (self.owner->dead_) return SQLITE_IOERR_FSYNC;
    once.swap(self.owner->before_sync_);
    every = self.owner->before_syncs_;
  }
  if (once) once();
  if (every) every();
  int code = self.owner->verdict(Operation::sync, file);
  if (code == SQLITE_OK) code = self.real().xSync(self.below(), flags);
  self.owner->note_sync(self, code == SQLITE_OK);
  return code;
}

void FaultyVfs::add_locks(sqlite3_io_methods& methods) {
  methods.xLock = [](sqlite3_file* file, int lock) {
    if (const int code = File::of(file).owner->verdict(Operation::lock, file)) return code;
    return File::of(file).real().xLock(File::of(file).below(), lock);
  };
  methods.xUnlock = [](sqlite3_file* file, int lock) {
    // Whatever it says, the lock is gone: a process that cannot let go is no failure of a disk.
    const int code = File::of(file).owner->verdict(Operation::unlock, file);
    const int done = File::of(file).real().xUnlock(File::of(file).below(), lock);
    return code != SQLITE_OK ? code : done;
  };
  methods.xCheckReservedLock = [](sqlite3_file* file, int* out) {
    if (const int code = File::of(file).owner->verdict(Operation::lock, file)) return code;
    return File::of(file).real().xCheckReservedLock(File::of(file).below(), out);
  };
  methods.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    if (const int code = File::of(file).owner->verdict(Operation::map, file)) {
      *out = nullptr;
      return code;
    }
    return File::of(file).real().xShmMap(File::of(file).below(), page, size, extend, out);
  };
  methods.xShmLock = [](sqlite3_file* file, int offset, int n, int flags) {
    if ((flags & SQLITE_SHM_LOCK) != 0) {
      if (const int code = File::of(file).owner->verdict(Operation::share, file)) return code;
    }
    return File::of(file).real().xShmLock(File::of(file).below(), offset, n, flags);
  };
  methods.xShmBarrier = [](sqlite3_file* file) {
    File::of(file).real().xShmBarrier(File::of(file).below());
  };
  methods.xShmUnmap = [](sqlite3_file* file, int remove) {
    return File::of(file).real().xShmUnmap(File::of(file).below(), remove);
  };
}

const sqlite3_io_methods& FaultyVfs::methods() {
  static const sqlite3_io_methods all = [] {
    sqlite3_io_methods made{};
    made.iVersion = 2;
    made.xClose = [](sqlite3_file* file) {
      File& self = File::of(file);
      delete self.path;
      return self.real().xClose(self.below());
    };
    made.xRead = read;
    made.xWrite = write;
    made.xTruncate = truncate;
    made.xSync = sync;
    made.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      if (const int code = File::of(file).owner->verdict(Operation::size, file)) return code;
      return File::of(file).real().xFileSize(File::of(file).below(), size);
    };
    made.xFileControl = [](sqlite3_file* file, int what, void* with) {
      return File::of(file).real().xFileControl(File::of(file).below(), what, with);
    };
    made.xSectorSize = [](sqlite3_file* file) {
      return File::of(file).real().xSectorSize(File::of(file).below());
    };
    made.xDeviceCharacteristics = [](sqlite3_file* file) {
      return File::of(file).real().xDeviceCharacteristics(File::of(file).below());
    };
    add_locks(made);
    return made;
  }();
  return all;
}
