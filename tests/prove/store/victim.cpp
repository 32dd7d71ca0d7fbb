/// Turns the server that it is linked to into one that kills itself: with PROVE_DIE_AT="write 12
/// FILE" in its environment, before the twelfth write to its ledger. It writes the call and the
/// name of the ledger's file to FILE. The calls are write, sync and truncate.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "tests/db/faulty_vfs.hpp"

namespace {

using Operation = FaultyVfs::Operation;

struct Death {
  std::string call;
  int number = 0;
  std::string file;
};

[[noreturn]] void die(const Death& death, const std::string& path) {
  const std::string where = death.call + " " + std::filesystem::path(path).filename().string();
  const int file = open(death.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (write(file, where.data(), where.size()) < 0) std::perror("prove_victim");
  for (;;) kill(getpid(), SIGKILL);
}

/// Replaces SQLite's file system, before main() runs.
class Trap {
 public:
  explicit Trap(const char* order) {
    static const std::map<std::string, Operation> calls{
        {"write", Operation::write}, {"sync", Operation::sync}, {"truncate", Operation::truncate}};
    std::istringstream words(order);
    words >> death_.call >> death_.number >> std::ws;
    std::getline(words, death_.file);  // may contain blanks
    const auto call = calls.find(death_.call);
    if (death_.number < 1 || death_.file.empty() || call == calls.end()) {
      std::cerr << "prove_victim: PROVE_DIE_AT must be a call, a number and a file" << std::endl;
      std::_Exit(2);
    }
    machine_.on_strike([this](Operation, const std::string& path) { die(death_, path); });
    machine_.plan({call->second, SQLITE_IOERR, death_.number - 1});
    sqlite3_vfs_register(sqlite3_vfs_find(machine_.name().c_str()), 1);
  }

 private:
  Death death_;
  FaultyVfs machine_;
};

const std::unique_ptr<Trap> trap = [] {
  const char* const order = std::getenv("PROVE_DIE_AT");
  return order == nullptr ? nullptr : std::make_unique<Trap>(order);
}();

}  // namespace
