#include "tests/prove/fuzz/ledger_bytes.hpp"

#include <fstream>
#include <iterator>
#include <memory>

#include "db/sqlite/sqlite_ledger.hpp"

namespace fuzz {
namespace {

using ledger::AccountId;
using ledger::Cents;
using ledger::Claim;
using ledger::Kind;
using ledger::Ledger;
using ledger::Posting;

constexpr const char* file_name = "ledger.db";
constexpr const char* log_name = "ledger.db-wal";
constexpr ledger::Time noon = 1'767'268'800'000'000;

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <typename Step>
void in_a_unit(Ledger& ledger, Step step) {
  const auto unit = ledger.begin();
  step(*unit);
  unit->commit();
}

void open_account(Ledger& ledger, Cents balance, const std::string& key) {
  const Claim claim{0, key, Kind::create, 0, balance};
  in_a_unit(ledger, [&](auto& unit) { unit.create({"no hash", balance, claim, noon}); });
}

void move(Ledger& ledger, Kind kind, AccountId debit, AccountId credit, Cents amount,
          const std::string& key) {
  const auto balance = [&](AccountId id) {
    return id == ledger::vault ? 0 : ledger.account(id).value().balance;
  };
  Posting posting;
  posting.kind = kind;
  posting.debit = debit;
  posting.credit = credit;
  posting.amount = amount;
  posting.debit_after = balance(debit) - amount;
  posting.credit_after = balance(credit) + amount;
  posting.time = noon;
  const AccountId of_key = kind == Kind::deposit ? credit : debit;
  posting.reply = kind == Kind::deposit ? posting.credit_after : posting.debit_after;
  if (!key.empty()) {
    posting.claim = Claim{of_key, key, kind, kind == Kind::transfer ? credit : 0, amount};
  }
  in_a_unit(ledger, [&](auto& unit) { unit.store(posting); });
}

/// Reverses a transfer of `amount` from account 1 to account 2.
void reverse(Ledger& ledger, ledger::TransferId id, Cents amount) {
  Posting posting;
  posting.kind = Kind::reverse;
  posting.debit = 2;
  posting.credit = 1;
  posting.amount = amount;
  posting.debit_after = ledger.account(2).value().balance - amount;
  posting.credit_after = ledger.account(1).value().balance + amount;
  posting.reverses = id;
  posting.reply = posting.credit_after;
  posting.time = noon;
  in_a_unit(ledger, [&](auto& unit) { unit.store(posting); });
}

void begin_business(Ledger& ledger) {
  open_account(ledger, 10'000, "open-1");
  open_account(ledger, 250, "open-2");
  open_account(ledger, 0, "open-3");
  move(ledger, Kind::deposit, 0, 1, 500, "pay-in");
  move(ledger, Kind::withdraw, 1, 0, 120, "pay-out");
  move(ledger, Kind::deposit, 0, 3, 7, "");
  for (int i = 0; i < 12; ++i) {
    move(ledger, Kind::transfer, 1, 2, 10 + i, "rent-" + std::to_string(i));
  }
}

void go_on(Ledger& ledger) {
  reverse(ledger, 6, 10);
  in_a_unit(ledger, [](auto& unit) { unit.store_tombstone(1, "never", noon); });
  in_a_unit(ledger, [](auto& unit) { unit.set_frozen(3, true); });
  in_a_unit(ledger, [](auto& unit) { unit.count_attempt(2, 5); });
  in_a_unit(ledger, [](auto& unit) { unit.set_pin(2, "another"); });
  move(ledger, Kind::withdraw, 2, 0, 30, "out-again");
}

}  // namespace

void put(const LedgerBytes& bytes, const std::filesystem::path& folder) {
  std::filesystem::create_directory(folder);
  std::filesystem::remove(folder / (std::string(file_name) + "-shm"));
  std::filesystem::remove(folder / log_name);
  std::ofstream(folder / file_name, std::ios::binary) << bytes.file;
  if (!bytes.log.empty()) std::ofstream(folder / log_name, std::ios::binary) << bytes.log;
}

SoundLedgers make_sound_ledgers(const std::filesystem::path& folder) {
  SoundLedgers made;
  begin_business(*ledger::open_sqlite(folder));
  {
    const auto open = ledger::open_sqlite(folder);
    go_on(*open);
    made.crashed = {bytes_of(folder / file_name), bytes_of(folder / log_name)};
  }
  made.closed = {bytes_of(folder / file_name), {}};
  std::filesystem::remove_all(folder);
  return made;
}

}  // namespace fuzz
