#include "db/memory/unit.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "db/rules.hpp"

namespace ledger {
namespace {

void require_nothing(std::string_view wrong) {
  if (!wrong.empty()) throw Contradiction(std::string(wrong));
}

}  // namespace

MemoryUnit::MemoryUnit(MemoryDisk& disk) : disk_(disk) {
  const seam::Lock lock(disk_.mutex_);
  if (disk_.distrusted_) throw StoreFailed("what became of a commit is not known");
  if (disk_.unit_open_) throw std::logic_error("there is a unit of work already");
  if (disk_.begin_order_.due()) throw StoreFailed("as ordered: begin");
  disk_.unit_open_ = true;
}

MemoryUnit::~MemoryUnit() {
  const seam::Lock lock(disk_.mutex_);
  disk_.unit_open_ = false;
}

void MemoryUnit::begin_store() {
  if (!alive_) throw StoreFailed("the store has undone this unit");
  const std::optional<StoreFailure> failure = disk_.store_order_.due();
  if (!failure) return;
  alive_ = *failure == StoreFailure::unit_lives;
  throw StoreFailed("as ordered: store");
}

/// The row as the unit sees it: its own change, else what has been committed.
template <typename Map>
const typename Map::mapped_type* MemoryUnit::row(Map Books::*map,
                                                 const typename Map::key_type& key) const {
  const auto* changed = find(changes_.*map, key);
  return changed != nullptr ? changed : find(disk_.books_.*map, key);
}

template <typename Map>
typename Map::key_type MemoryUnit::next(Map Books::*map) const {
  const auto last = [](const Map& rows) { return rows.empty() ? 0 : rows.rbegin()->first; };
  return std::max(last(changes_.*map), last(disk_.books_.*map)) + 1;
}

Account MemoryUnit::account(AccountId id) const {
  const Account* found = row(&Books::accounts, id);
  if (found == nullptr) throw Contradiction("there is no such account");
  return *found;
}

Account MemoryUnit::moved(AccountId id, Cents change, Cents after) const {
  Account changed = account(id);
  changed.balance += change;
  if (changed.balance != after) throw Contradiction("the balance is another");
  if (after < 0 || after > largest_balance) throw Contradiction("the balance is out of bounds");
  return changed;
}

void MemoryUnit::check_key(AccountId account, std::string_view key) const {
  const KeyRecord* taken = row(&Books::keys, Books::KeyName(account, key));
  if (taken == nullptr) return;
  KeyRecord record = *taken;
  const TransferId* undone_by = row(&Books::reversals, record.transfer);
  if (undone_by != nullptr) record.reversed_by = *undone_by;
  throw KeyTaken(std::move(record));
}

void MemoryUnit::check_reversal(const Posting& posting) const {
  const Transfer* original = row(&Books::transfers, posting.reverses);
  if (original == nullptr) throw Contradiction("what it undoes is not there");
  require_nothing(wrong_with(posting, *original));
  if (row(&Books::reversals, posting.reverses) != nullptr) {
    throw Contradiction("it is undone already");
  }
}

std::optional<Account> MemoryUnit::retrieve(AccountId id) {
  const seam::Lock lock(disk_.mutex_);
  if (!alive_) throw StoreFailed("the store has undone this unit");
  const Account* found = row(&Books::accounts, id);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

TransferId MemoryUnit::store(const Posting& posting) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  if (posting.claim) check_key(posting.claim->account, posting.claim->key);
  require_nothing(wrong_with(posting));
  if (posting.reverses != 0) check_reversal(posting);
  std::optional<Account> debit;
  std::optional<Account> credit;
  if (posting.debit != vault) debit = moved(posting.debit, -posting.amount, posting.debit_after);
  if (posting.credit != vault) credit = moved(posting.credit, posting.amount, posting.credit_after);
  alive_ = false;  // should memory run out half-way, the unit is lost
  if (debit) changes_.accounts.insert_or_assign(debit->id, *debit);
  if (credit) changes_.accounts.insert_or_assign(credit->id, *credit);
  const TransferId id = append(posting);
  if (posting.claim) claim_key(*posting.claim, id, posting.reply, posting.time);
  alive_ = true;
  return id;
}

TransferId MemoryUnit::append(const Posting& posting) {
  Transfer transfer;
  transfer.id = next(&Books::transfers);
  transfer.kind = posting.kind;
  transfer.debit = posting.debit;
  transfer.credit = posting.credit;
  transfer.amount = posting.amount;
  transfer.debit_balance = posting.debit == vault ? 0 : posting.debit_after;
  transfer.credit_balance = posting.credit == vault ? 0 : posting.credit_after;
  if (posting.claim) transfer.key = posting.claim->key;
  transfer.reverses = posting.reverses;
  transfer.time = posting.time;
  if (transfer.reverses != 0) changes_.reversals.emplace(transfer.reverses, transfer.id);
  changes_.transfers.emplace(transfer.id, transfer);
  return transfer.id;
}

void MemoryUnit::claim_key(const Claim& claim, TransferId transfer, std::int64_t reply, Time time) {
  changes_.keys.emplace(Books::KeyName(claim.account, claim.key),
                        KeyRecord{claim, false, transfer, reply, time});
}

AccountId MemoryUnit::create(const Opening& opening) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  if (opening.claim) check_key(opening.claim->account, opening.claim->key);
  require_nothing(wrong_with(opening));
  const AccountId id = next(&Books::accounts);
  alive_ = false;  // as in store()
  changes_.accounts.emplace(id, Account{id, opening.balance, false, 1});
  changes_.pins.emplace(id, Pin{opening.pin_hash, 1, 0});
  TransferId transfer = 0;
  if (opening.balance != 0) {
    Posting posting;
    posting.kind = Kind::create;
    posting.credit = id;
    posting.amount = opening.balance;
    posting.credit_after = opening.balance;
    posting.claim = opening.claim;
    posting.time = opening.time;
    transfer = append(posting);
  }
  if (opening.claim) claim_key(*opening.claim, transfer, id, opening.time);
  alive_ = true;
  return id;
}

void MemoryUnit::store_tombstone(AccountId account, std::string_view key, Time time) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  check_key(account, key);
  require_nothing(wrong_with_key(key));
  KeyRecord tombstone;
  tombstone.claim.account = account;
  tombstone.claim.key = key;
  tombstone.cancelled = true;
  tombstone.time = time;
  changes_.keys.emplace(Books::KeyName(account, key), tombstone);
}

void MemoryUnit::set_frozen(AccountId id, bool frozen) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  Account changed = account(id);
  changed.frozen = frozen;
  changes_.accounts.insert_or_assign(id, changed);
}

std::int64_t MemoryUnit::set_pin(AccountId id, std::string_view hash) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  Account changed = account(id);
  ++changed.pin_version;
  const std::int64_t attempts = row(&Books::pins, id)->attempts;  // an account has its PIN
  alive_ = false;                                                 // as in store()
  changes_.accounts.insert_or_assign(id, changed);
  changes_.pins.insert_or_assign(id, Pin{std::string(hash), changed.pin_version, attempts});
  alive_ = true;
  return changed.pin_version;
}

std::optional<std::int64_t> MemoryUnit::count_attempt(AccountId id, std::int64_t limit) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  const Pin* found = row(&Books::pins, id);
  if (found == nullptr) return 1;
  if (found->attempts >= limit) return std::nullopt;
  Pin changed = *found;
  ++changed.attempts;
  changes_.pins.insert_or_assign(id, changed);
  return changed.attempts;
}

void MemoryUnit::clear_attempts(AccountId id) {
  const seam::Lock lock(disk_.mutex_);
  begin_store();
  const Pin* found = row(&Books::pins, id);
  if (found == nullptr) throw Contradiction("there is no such account");
  Pin changed = *found;
  changed.attempts = 0;
  changes_.pins.insert_or_assign(id, changed);
}

void MemoryUnit::commit() {
  const seam::Lock lock(disk_.mutex_);
  if (!alive_) throw StoreFailed("there is no unit left to commit");
  alive_ = false;
  const std::optional<CommitFailure> failure = disk_.commit_order_.due();
  if (!failure) {
    disk_.books_.apply(std::move(changes_));
    return;
  }
  if (*failure == CommitFailure::refused) throw StoreFailed("as ordered: commit");
  if (*failure == CommitFailure::unknown_done) disk_.surprise_ = std::move(changes_);
  disk_.distrusted_ = true;
  throw OutcomeUnknown("as ordered: commit");
}

}  // namespace ledger
