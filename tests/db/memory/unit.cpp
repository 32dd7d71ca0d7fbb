#include "tests/db/memory/unit.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "db/rules.hpp"

namespace ledger {

MemoryUnit::MemoryUnit(MemoryDisk& disk) : disk_(disk) {
  const seam::Lock lock(disk_.mutex_);
  if (disk_.outcome_unknown_)
    throw StoreFailed("the outcome of a commit is not known; restart the server");
  if (disk_.unit_open_) throw std::logic_error("a unit of work exists already");
  if (disk_.begin_failure_.due()) throw StoreFailed("planned failure of begin");
  disk_.unit_open_ = true;
}

MemoryUnit::~MemoryUnit() {
  const seam::Lock lock(disk_.mutex_);
  disk_.unit_open_ = false;
}

MemoryUnit::Attempt MemoryUnit::begin_store() {
  if (!alive_) throw StoreFailed("the store has undone the unit of work");
  if (disk_.store_failure_.due()) {
    alive_ = false;
    throw StoreFailed("planned failure of store");
  }
  return Attempt(*this);
}

/// Returns the row as the unit sees it: its own change, otherwise the committed row.
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
  if (found == nullptr) throw Contradiction("the account does not exist");
  return *found;
}

Account MemoryUnit::moved(AccountId id, Cents change, Cents after) const {
  Account changed = account(id);
  changed.balance += change;
  if (changed.balance != after) throw Contradiction("the balance does not match");
  if (after < 0 || after > largest_balance) throw Contradiction("the balance is out of bounds");
  return changed;
}

void MemoryUnit::require_free_key(AccountId account, std::string_view key) const {
  const KeyRecord* taken = row(&Books::keys, Books::KeyName(account, key));
  if (taken == nullptr) return;
  KeyRecord record = *taken;
  const TransferId* reversal = row(&Books::reversals, record.transfer);
  if (reversal != nullptr) record.reversed_by = *reversal;
  throw KeyTaken(std::move(record));
}

void MemoryUnit::require_reversible(const Posting& posting) const {
  const Transfer* original = row(&Books::transfers, posting.reverses);
  if (original == nullptr) throw Contradiction("the transfer to reverse does not exist");
  refuse_if_broken(broken_rule(posting, *original));
  if (row(&Books::reversals, posting.reverses) != nullptr) {
    throw Contradiction("the transfer has been reversed");
  }
}

std::optional<Account> MemoryUnit::retrieve(AccountId id) {
  const seam::Lock lock(disk_.mutex_);
  if (!alive_) throw StoreFailed("the store has undone the unit of work");
  const Account* found = row(&Books::accounts, id);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

TransferId MemoryUnit::store(const Posting& posting) {
  const seam::Lock lock(disk_.mutex_);
  const Attempt attempt = begin_store();
  if (posting.claim) require_free_key(posting.claim->account, posting.claim->key);
  refuse_if_broken(broken_rule(posting));
  if (posting.reverses != 0) require_reversible(posting);
  std::optional<Account> debit;
  std::optional<Account> credit;
  if (posting.debit != vault) debit = moved(posting.debit, -posting.amount, posting.debit_after);
  if (posting.credit != vault) credit = moved(posting.credit, posting.amount, posting.credit_after);
  if (debit) changes_.accounts.insert_or_assign(debit->id, *debit);
  if (credit) changes_.accounts.insert_or_assign(credit->id, *credit);
  const TransferId id = append(posting);
  if (posting.claim) claim_key(*posting.claim, id, posting.reply, posting.time);
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
  const Attempt attempt = begin_store();
  if (opening.claim) require_free_key(opening.claim->account, opening.claim->key);
  refuse_if_broken(broken_rule(opening));
  const AccountId id = opening.id != 0 ? opening.id : next(&Books::accounts);
  if (id > largest_account) throw Contradiction("every account number has been given");
  if (row(&Books::accounts, id) != nullptr) throw Contradiction("the account exists");
  changes_.accounts.emplace(id, Account{id, opening.balance, false, 1});
  changes_.pins.emplace(id, Pin{opening.pin_hash, 1, 0});
  const TransferId transfer = opening.balance != 0 ? append(opening_posting(opening, id)) : 0;
  if (opening.claim) claim_key(*opening.claim, transfer, id, opening.time);
  return id;
}

void MemoryUnit::store_tombstone(AccountId account, std::string_view key, Time time) {
  const seam::Lock lock(disk_.mutex_);
  const Attempt attempt = begin_store();
  require_free_key(account, key);
  refuse_if_broken(broken_rule_of_key(key));
  KeyRecord tombstone;
  tombstone.claim.account = account;
  tombstone.claim.key = key;
  tombstone.cancelled = true;
  tombstone.time = time;
  changes_.keys.emplace(Books::KeyName(account, key), tombstone);
}

void MemoryUnit::set_frozen(AccountId id, bool frozen) {
  const seam::Lock lock(disk_.mutex_);
  const Attempt attempt = begin_store();
  Account changed = account(id);
  changed.frozen = frozen;
  changes_.accounts.insert_or_assign(id, changed);
}

std::int64_t MemoryUnit::set_pin(AccountId id, std::string_view hash) {
  const seam::Lock lock(disk_.mutex_);
  const Attempt attempt = begin_store();
  Account changed = account(id);
  ++changed.pin_version;
  const std::int64_t attempts = row(&Books::pins, id)->attempts;  // every account has a PIN
  changes_.accounts.insert_or_assign(id, changed);
  changes_.pins.insert_or_assign(id, Pin{std::string(hash), changed.pin_version, attempts});
  return changed.pin_version;
}

std::optional<std::int64_t> MemoryUnit::count_attempt(AccountId id, std::int64_t limit) {
  const seam::Lock lock(disk_.mutex_);
  const Attempt attempt = begin_store();
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
  const Attempt attempt = begin_store();
  const Pin* found = row(&Books::pins, id);
  if (found == nullptr) throw Contradiction("the account does not exist");
  Pin changed = *found;
  changed.attempts = 0;
  changes_.pins.insert_or_assign(id, changed);
}

void MemoryUnit::commit() {
  const seam::Lock lock(disk_.mutex_);
  if (!alive_) throw StoreFailed("the unit of work has ended");
  alive_ = false;
  const std::optional<CommitFailure> failure = disk_.commit_failure_.due();
  if (!failure) {
    disk_.books_.apply(std::move(changes_));
    return;
  }
  if (*failure == CommitFailure::refused) throw StoreFailed("planned failure of commit");
  if (*failure == CommitFailure::unknown_done) disk_.after_restart_ = std::move(changes_);
  disk_.outcome_unknown_ = true;
  throw OutcomeUnknown("planned failure of commit");
}

}  // namespace ledger
