#include "tests/prove/store/sites.hpp"

#include <array>

namespace prove {

using Operation = FaultyVfs::Operation;

std::span<const Site> sites() {
  static constexpr std::array<Site, 19> all{{
      {"open", Operation::open, SQLITE_CANTOPEN},
      {"read", Operation::read, SQLITE_IOERR_READ},
      {"read-corrupt", Operation::read, SQLITE_IOERR_CORRUPTFS},
      {"write", Operation::write, SQLITE_IOERR_WRITE},
      {"write-half", Operation::write, SQLITE_IOERR_WRITE, true},
      {"write-full", Operation::write, SQLITE_FULL},
      {"write-full-half", Operation::write, SQLITE_FULL, true},
      {"sync", Operation::sync, SQLITE_IOERR_FSYNC},
      {"truncate", Operation::truncate, SQLITE_IOERR_TRUNCATE},
      {"remove", Operation::remove, SQLITE_IOERR_DELETE},
      {"size", Operation::size, SQLITE_IOERR_FSTAT},
      {"access", Operation::access, SQLITE_IOERR_ACCESS},
      {"lock", Operation::lock, SQLITE_IOERR_LOCK},
      {"lock-busy", Operation::lock, SQLITE_BUSY},
      {"unlock", Operation::unlock, SQLITE_IOERR_UNLOCK},
      {"map", Operation::map, SQLITE_IOERR_SHMMAP},
      {"share", Operation::share, SQLITE_IOERR_SHMLOCK},
      {"share-busy", Operation::share, SQLITE_BUSY},
      {"all", Operation::any, SQLITE_OK},
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
      if (site.operation == Operation::any && !persistent) continue;
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
