#include "tests/db/faulty_vfs.hpp"

#include <atomic>
#include <fstream>
#include <new>
#include <random>
#include <stdexcept>

#include "tests/db/faulty_file.hpp"

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

std::string FaultyVfs::real_path(const char* path) {
  if (path == nullptr) return "";
  const std::filesystem::path given(path);
  std::error_code ignored;
  return std::filesystem::weakly_canonical(given.parent_path(), ignored) / given.filename();
}

FaultyVfs::FaultyVfs()
    : name_("faulty-" + std::to_string(next_number())),
      below_(sqlite3_vfs_find(nullptr)),
      vfs_(*below_) {
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultyFile)) + below_->szOsFile;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xAccess = access;
  vfs_.xSleep = sleep;
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

void FaultyVfs::plan(Fault fault) {
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

void FaultyVfs::on_strike(OnStrike act) {
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

void FaultyVfs::record_syncs() {
  const std::lock_guard lock(mutex_);
  records_ = true;
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
  if (!meant || fault_->successes-- > 0) return SQLITE_OK;
  const int code = fault_->code != SQLITE_OK ? fault_->code : usual_code(operation);
  half_write_ = fault_->half_write;
  if (!fault_->persistent) fault_.reset();
  struck_ = true;
  if (on_strike_) on_strike_(operation, path);
  return code;
}

bool FaultyVfs::about_to_sync() {
  std::function<void()> once;
  std::function<void()> every;
  {
    const std::lock_guard lock(mutex_);
    if (dead_) return false;
    once.swap(before_sync_);
    every = before_syncs_;
  }
  if (once) once();
  if (every) every();
  return true;
}

bool FaultyVfs::writes_half() {
  const std::lock_guard lock(mutex_);
  return half_write_ && !dead_;
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
  // Removed and created again, neither of it durable: equivalent to a truncation.
  if (records_ && removed_.contains(path)) platters_[path].truncate(size);
}

void FaultyVfs::note_truncated(const std::string& path, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  sizes_[path] = size;
  if (records_) platters_[path].truncate(size);
}

void FaultyVfs::note_write(const std::string& path, std::int64_t at, const void* from, int size) {
  const std::lock_guard lock(mutex_);
  if (!records_) return;
  const auto* bytes = static_cast<const char*>(from);
  platters_[path].write(at, std::string(bytes, bytes + size));
}

void FaultyVfs::note_sync(const std::string& path, bool succeeded, bool syncs_directory) {
  const std::lock_guard lock(mutex_);
  if (!records_ || dead_) return;
  if (!succeeded) {
    platters_[path].fail_sync();
    return;
  }
  platters_[path].sync();
  removed_.erase(path);
  if (!syncs_directory) return;
  for (const std::string& removed : removed_) platters_.erase(removed);
  removed_.clear();
}

int FaultyVfs::open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* opened, int flags,
                    int* flags_out) {
  FaultyFile& file = *new (opened) FaultyFile();
  file.owner = &owner(vfs);
  return file.open(name, flags, flags_out);
}

int FaultyVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  FaultyVfs& self = owner(vfs);
  const std::string file = real_path(path);
  if (const int code = self.verdict(Operation::remove, file)) return code;
  const int code = self.below_->xDelete(self.below_, path, sync_directory);
  const std::lock_guard lock(self.mutex_);
  self.sizes_.erase(file);
  self.removed_.insert(file);
  if (sync_directory == 0) return code;
  for (const std::string& removed : self.removed_) self.platters_.erase(removed);
  self.removed_.clear();
  return code;
}

int FaultyVfs::access(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  FaultyVfs& self = owner(vfs);
  if (const int code = self.verdict(Operation::access, real_path(path))) return code;
  return self.below_->xAccess(self.below_, path, flags, out);
}

/// Returns at once after a fault: a lock that a plan refuses does not become free by waiting.
int FaultyVfs::sleep(sqlite3_vfs* vfs, int microseconds) {
  FaultyVfs& self = owner(vfs);
  if (self.struck()) return microseconds;
  return self.below_->xSleep(self.below_, microseconds);
}
