#include "tests/prove/store/sites.hpp"

#include <array>

namespace prove {

using FileCall = FaultyVfs::Operation;

std::span<const Site> sites() {
  static constexpr std::array<Site, 19> all{{
      {"open", FileCall::open, SQLITE_CANTOPEN},
      {"read", FileCall::read, SQLITE_IOERR_READ},
      {"read-corrupt", FileCall::read, SQLITE_IOERR_CORRUPTFS},
      {"write", FileCall::write, SQLITE_IOERR_WRITE},
      {"write-half", FileCall::write, SQLITE_IOERR_WRITE, true},
      {"write-full", FileCall::write, SQLITE_FULL},
      {"write-full-half", FileCall::write, SQLITE_FULL, true},
      {"sync", FileCall::sync, SQLITE_IOERR_FSYNC},
      {"truncate", FileCall::truncate, SQLITE_IOERR_TRUNCATE},
      {"remove", FileCall::remove, SQLITE_IOERR_DELETE},
      {"size", FileCall::size, SQLITE_IOERR_FSTAT},
      {"access", FileCall::access, SQLITE_IOERR_ACCESS},
      {"lock", FileCall::lock, SQLITE_IOERR_LOCK},
      {"lock-busy", FileCall::lock, SQLITE_BUSY},
      {"unlock", FileCall::unlock, SQLITE_IOERR_UNLOCK},
      {"map", FileCall::map, SQLITE_IOERR_SHMMAP},
      {"share", FileCall::share, SQLITE_IOERR_SHMLOCK},
      {"share-busy", FileCall::share, SQLITE_BUSY},
      {"all", FileCall::any, SQLITE_OK},
  }};
  return all;
}

FaultyVfs::Fault fault_at(const Site& site, int successes, bool persistent) {
  return {site.operation, site.code, successes, persistent, "", site.half_write};
}

void for_each_fault(
    const std::string& group,
    const std::function<bool(const FaultyVfs::Fault&, const std::string&)>& strikes) {
  for (const Site& site : sites()) {
    for (const bool persistent : {false, true}) {
      // A single failure of any sort is a failure of its own sort.
      if (site.operation == FileCall::any && !persistent) continue;
      const std::string label = group + "/" + site.name + (persistent ? "/from-" : "/only-");
      int successes = 0;
      while (
          strikes(fault_at(site, successes, persistent), label + std::to_string(successes + 1))) {
        ++successes;
      }
    }
  }
}

}  // namespace prove
