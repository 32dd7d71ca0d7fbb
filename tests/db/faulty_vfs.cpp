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
  if (sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK) throw std::runtime_error("no VFS");
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

FaultyVfs& FaultyVfs::owner(sqlite3_vfs* vfs) {
  return *static_cast<FaultyVfs*>(vfs->pAppData);
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

void FaultyVfs::heal() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
  limit_.reset();
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

void FaultyVfs::remember_synced() {
  const std::lock_guard lock(mutex_);
  remembers_ = true;
}

void FaultyVfs::Platter::write(std::int64_t at, const std::string& bytes) {
  const auto end = static_cast<std::size_t>(at) + bytes.size();
  if (synced.size() < end) synced.resize(end, '\0');
  synced.replace(static_cast<std::size_t>(at), bytes.size(), bytes);
}

void FaultyVfs::Platter::sync(std::int64_t size) {
  const auto cut = static_cast<std::size_t>(shortest);
  if (synced.size() > cut) synced.resize(cut);
  for (const auto& [at, bytes] : unsynced) write(at, bytes);
  synced.resize(static_cast<std::size_t>(size), '\0');
  shortest = size;
  unsynced.clear();
}

void FaultyVfs::lose_power(const std::filesystem::path& into, std::optional<unsigned> seed) const {
  std::filesystem::create_directory(into);
  std::mt19937 coin(seed.value_or(0));
  const std::lock_guard lock(mutex_);
  for (const auto& [path, platter] : platters_) {
    Platter left{platter.synced, 0, {}};
    for (const auto& [at, bytes] : platter.unsynced) {
      if (seed && coin() % 8 != 0) left.write(at, bytes);
    }
    std::ofstream out(into / std::filesystem::path(path).filename(), std::ios::binary);
    out.write(left.synced.data(), static_cast<std::streamsize>(left.synced.size()));
  }
}

int FaultyVfs::verdict(Operation operation, const std::string& path) {
  const std::lock_guard lock(mutex_);
  ++counts_.at(static_cast<std::size_t>(operation));
  if (!fault_ || fault_->operation != operation || !ends_with(path, fault_->ending)) {
    return SQLITE_OK;
  }
  if (fault_->well-- > 0) return SQLITE_OK;
  const int code = fault_->code;
  if (!fault_->for_good) fault_.reset();
  struck_ = true;
  return code;
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
  const auto platter = platters_.find(path);
  if (platter == platters_.end()) return;
  platter->second.shortest = std::min(platter->second.shortest, size);
}

void FaultyVfs::note_write(const std::string& path, std::int64_t at, const void* from, int size) {
  const std::lock_guard lock(mutex_);
  if (!remembers_) return;
  const auto* bytes = static_cast<const char*>(from);
  platters_[path].unsynced.emplace_back(at, std::string(bytes, bytes + size));
}

void FaultyVfs::note_sync(File& file, bool well) {
  const std::lock_guard lock(mutex_);
  if (!remembers_) return;
  Platter& platter = platters_[*file.path];
  if (!well) {
    platter.unsynced.clear();
    return;
  }
  platter.sync(sizes_[*file.path]);
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
  self.note_size(path, size);
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

int FaultyVfs::read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::read, *self.path)) return code;
  return self.real().xRead(self.below(), to, size, at);
}

int FaultyVfs::write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::write, *self.path)) return code;
  if (!self.owner->has_room(*self.path, at + size)) return SQLITE_FULL;
  const int code = self.real().xWrite(self.below(), from, size, at);
  if (code == SQLITE_OK) self.owner->note_write(*self.path, at, from, size);
  sqlite3_int64 now = 0;
  self.real().xFileSize(self.below(), &now);
  self.owner->note_size(*self.path, now);
  return code;
}

int FaultyVfs::truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& self = File::of(file);
  if (const int code = self.owner->verdict(Operation::truncate, *self.path)) return code;
  const int code = self.real().xTruncate(self.below(), size);
  if (code == SQLITE_OK) self.owner->note_size(*self.path, size);
  return code;
}

int FaultyVfs::sync(sqlite3_file* file, int flags) {
  File& self = File::of(file);
  std::function<void()> act;
  {
    const std::lock_guard lock(self.owner->mutex_);
    act.swap(self.owner->before_sync_);
  }
  if (act) act();
  int code = self.owner->verdict(Operation::sync, *self.path);
  if (code == SQLITE_OK) code = self.real().xSync(self.below(), flags);
  self.owner->note_sync(self, code == SQLITE_OK);
  return code;
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
      return File::of(file).real().xFileSize(File::of(file).below(), size);
    };
    made.xLock = [](sqlite3_file* file, int lock) {
      return File::of(file).real().xLock(File::of(file).below(), lock);
    };
    made.xUnlock = [](sqlite3_file* file, int lock) {
      return File::of(file).real().xUnlock(File::of(file).below(), lock);
    };
    made.xCheckReservedLock = [](sqlite3_file* file, int* out) {
      return File::of(file).real().xCheckReservedLock(File::of(file).below(), out);
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
    made.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** out) {
      return File::of(file).real().xShmMap(File::of(file).below(), page, size, extend, out);
    };
    made.xShmLock = [](sqlite3_file* file, int offset, int n, int flags) {
      return File::of(file).real().xShmLock(File::of(file).below(), offset, n, flags);
    };
    made.xShmBarrier = [](sqlite3_file* file) {
      File::of(file).real().xShmBarrier(File::of(file).below());
    };
    made.xShmUnmap = [](sqlite3_file* file, int remove) {
      return File::of(file).real().xShmUnmap(File::of(file).below(), remove);
    };
    return made;
  }();
  return all;
}
