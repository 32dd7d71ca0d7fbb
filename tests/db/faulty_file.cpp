#include "tests/db/faulty_file.hpp"

int FaultyFile::open(sqlite3_filename name, int flags, int* flags_out) {
  const std::string full_name = FaultyVfs::real_path(name);
  if (const int code = owner->verdict(Operation::open, full_name)) return code;
  below()->pMethods = nullptr;
  const int code = owner->below_->xOpen(owner->below_, name, below(), flags, flags_out);
  if (code != SQLITE_OK) return code;
  path = new std::string(full_name);
  base.pMethods = &methods();
  syncs_directory = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  sqlite3_int64 size = 0;
  real().xFileSize(below(), &size);
  owner->note_opened(*path, size);
  return SQLITE_OK;
}

int FaultyFile::read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  FaultyFile& self = of(file);
  if (const int code = self.verdict(Operation::read)) return code;
  return self.real().xRead(self.below(), to, size, at);
}

int FaultyFile::write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  FaultyFile& self = of(file);
  if (const int code = self.verdict(Operation::write)) {
    if (self.owner->writes_half()) self.write_through(from, size / 2, at);
    return code;
  }
  if (!self.owner->has_room(*self.path, at + size)) return SQLITE_FULL;
  return self.write_through(from, size, at);
}

int FaultyFile::write_through(const void* from, int size, sqlite3_int64 at) {
  const int code = real().xWrite(below(), from, size, at);
  if (code == SQLITE_OK) owner->note_write(*path, at, from, size);
  sqlite3_int64 now = 0;
  real().xFileSize(below(), &now);
  owner->note_size(*path, now);
  return code;
}

int FaultyFile::truncate(sqlite3_file* file, sqlite3_int64 size) {
  FaultyFile& self = of(file);
  if (const int code = self.verdict(Operation::truncate)) return code;
  const int code = self.real().xTruncate(self.below(), size);
  if (code == SQLITE_OK) self.owner->note_truncated(*self.path, size);
  return code;
}

int FaultyFile::sync(sqlite3_file* file, int flags) {
  FaultyFile& self = of(file);
  if (!self.owner->about_to_sync()) return SQLITE_IOERR_FSYNC;
  int code = self.verdict(Operation::sync);
  if (code == SQLITE_OK) code = self.real().xSync(self.below(), flags);
  self.owner->note_sync(*self.path, code == SQLITE_OK, self.syncs_directory);
  if (code == SQLITE_OK) self.syncs_directory = false;
  return code;
}

void FaultyFile::add_locks(sqlite3_io_methods& methods) {
  methods.xLock = [](sqlite3_file* file, int lock) {
    if (const int code = of(file).verdict(Operation::lock)) return code;
    return of(file).real().xLock(of(file).below(), lock);
  };
  methods.xUnlock = [](sqlite3_file* file, int lock) {
    // The lock is released even if the call fails: no disk can make a process keep it.
    const int code = of(file).verdict(Operation::unlock);
    const int done = of(file).real().xUnlock(of(file).below(), lock);
    return code != SQLITE_OK ? code : done;
  };
  methods.xCheckReservedLock = [](sqlite3_file* file, int* out) {
    if (const int code = of(file).verdict(Operation::lock)) return code;
    return of(file).real().xCheckReservedLock(of(file).below(), out);
  };
  methods.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    *out = nullptr;
    if (const int code = of(file).verdict(Operation::map)) return code;
    return of(file).real().xShmMap(of(file).below(), page, size, extend, out);
  };
  methods.xShmLock = [](sqlite3_file* file, int offset, int n, int flags) {
    if ((flags & SQLITE_SHM_LOCK) != 0) {
      if (const int code = of(file).verdict(Operation::share)) return code;
    }
    return of(file).real().xShmLock(of(file).below(), offset, n, flags);
  };
  methods.xShmBarrier = [](sqlite3_file* file) { of(file).real().xShmBarrier(of(file).below()); };
  methods.xShmUnmap = [](sqlite3_file* file, int remove) {
    return of(file).real().xShmUnmap(of(file).below(), remove);
  };
}

const sqlite3_io_methods& FaultyFile::methods() {
  static const sqlite3_io_methods all = [] {
    sqlite3_io_methods made{};
    made.iVersion = 2;
    made.xClose = [](sqlite3_file* file) {
      delete of(file).path;
      return of(file).real().xClose(of(file).below());
    };
    made.xRead = read;
    made.xWrite = write;
    made.xTruncate = truncate;
    made.xSync = sync;
    made.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      if (const int code = of(file).verdict(Operation::size)) return code;
      return of(file).real().xFileSize(of(file).below(), size);
    };
    made.xFileControl = [](sqlite3_file* file, int what, void* with) {
      return of(file).real().xFileControl(of(file).below(), what, with);
    };
    made.xSectorSize = [](sqlite3_file* file) {
      return of(file).real().xSectorSize(of(file).below());
    };
    made.xDeviceCharacteristics = [](sqlite3_file* file) {
      return of(file).real().xDeviceCharacteristics(of(file).below());
    };
    add_locks(made);
    return made;
  }();
  return all;
}
