#include "tests/prove/fuzz/house.hpp"

#include <array>
#include <stdexcept>

#include <sodium.h>

#include "server/commands/txn.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace fuzz {
namespace {

std::string hash_of_pin() {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const std::string text(pin);
  if (sodium_init() < 0 ||
      crypto_pwhash_str(hash.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_MIN,
                        crypto_pwhash_MEMLIMIT_MIN) != 0) {
    throw std::runtime_error("PINs cannot be hashed");
  }
  return hash.data();
}

std::unique_ptr<ledger::Ledger> with_accounts() {
  static const std::string hash = hash_of_pin();
  auto ledger = ledger::make_memory_ledger();
  const auto unit = ledger->begin();
  for (ledger::AccountId id = 1; id <= accounts; ++id) {
    unit->create({hash, opening_balance, std::nullopt, 0});
  }
  unit->commit();
  return ledger;
}

/// Returns the port in "atm-server ready on 127.0.0.1:4711, admin …".
int port_in(const std::string& line) {
  return std::stoi(line.substr(line.find(':') + 1));
}

}  // namespace

House::House(const std::filesystem::path& folder, const Manner& manner)
    : socket_((folder / "socket").string()),
      ledger_(with_accounts()),
      log_("off"),
      boss_(options(manner), *ledger_, log_),
      port_(port_in(boss_.ready_line())),
      thread_([this] {
        status_ = boss_.run();
        over_ = true;
      }) {}

House::~House() {
  close();
}

server::Options House::options(const Manner& manner) const {
  server::Options wanted;
  wanted.listen.port = 0;
  wanted.admin_socket = socket_;
  wanted.mechanism = manner.mechanism;
  wanted.workers_max = manner.tight ? 1 : 3;
  wanted.queue_max = manner.tight ? 2 : 64;
  if (manner.thread_per_request) wanted.worker_idle = std::chrono::milliseconds(0);
  wanted.teller_secret = teller_secret;
  wanted.teaching = true;
  wanted.cheap_pins = true;
  return wanted;
}

void House::let_go() {
  boss_.post([this] { commands::clear_holds(boss_.bank()); });
}

bool House::quiet() {
  bank::Bank& bank = boss_.bank();
  return bank.transactions.size() == 0 && bank.accounts.held() == 0 &&
         bank.counters.live_buffers.load() == 0;
}

int House::close() {
  if (thread_.joinable()) {
    boss_.post([this] { boss_.drain(); });
    thread_.join();
  }
  return status_;
}

std::string House::wrong_in_books() {
  std::string found;
  for (const std::string& sentence : invariants::books(*ledger_)) found += sentence + "; ";
  return found;
}

}  // namespace fuzz
