/// Opens a ledger whose files are damaged. Either it is refused with one line, or it opens and can
/// be audited. If the audit finds no violation, the ledger must work. damage.hpp describes the
/// input.

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/prove/fuzz/damage.hpp"
#include "tests/prove/fuzz/require.hpp"

using fuzz::require;
using ledger::Cents;
using ledger::Ledger;
using ledger::StoreFailed;

namespace {

constexpr ledger::Time later = 1'767'272'400'000'000;
constexpr ledger::AccountId most_accounts = 3;

void require_one_line(const std::string& told) {
  require(!told.empty() && told.find('\n') == told.npos, "a refusal gives its reason in one line");
}

/// Calls every reading function once. Results may be wrong; failing to read is allowed.
void ask_everything(Ledger& ledger) {
  for (ledger::AccountId id = 0; id <= most_accounts; ++id) {
    try {
      ledger.account(id);
      ledger.pin(id);
      ledger.key(id, "pay-in");
      ledger.transfer(id);
      ledger.reversal_of(id);
      ledger.history(id, INT64_MAX, 100);
    } catch (const StoreFailed& error) {
      require_one_line(error.what());
    }
  }
}

/// Returns the number of violations; an audit that fails counts as one.
std::int64_t violations(Ledger& ledger) {
  try {
    const auto audit = ledger.audit();
    while (audit->next([] { return true; })) {
    }
    return audit->report().violations;
  } catch (const StoreFailed& error) {
    require_one_line(error.what());
    return 1;
  }
}

/// Deposits one cent. Returns the new balance.
Cents deposit(Ledger& ledger, const ledger::Account& account) {
  ledger::Posting posting;
  posting.kind = ledger::Kind::deposit;
  posting.credit = account.id;
  posting.amount = 1;
  posting.credit_after = account.balance + 1;
  posting.reply = posting.credit_after;
  posting.time = later;
  const auto unit = ledger.begin();
  unit->store(posting);
  unit->commit();
  return posting.credit_after;
}

void work_with(Ledger& ledger) {
  for (ledger::AccountId id = 1; id <= most_accounts; ++id) {
    const auto account = ledger.account(id);
    if (!account || account->balance == ledger::largest_balance) continue;
    const Cents balance = deposit(ledger, *account);
    require(ledger.account(id).value().balance == balance, "a deposit changes the balance");
  }
  require(violations(ledger) == 0, "a sound ledger stays sound");
}

void open_and_use(const std::filesystem::path& folder) {
  const auto ledger = ledger::open_sqlite(folder);
  require(ledger->start_number() >= 1, "a start has a number");
  ask_everything(*ledger);
  if (violations(*ledger) > 0) return;
  try {
    work_with(*ledger);
  } catch (const std::exception& error) {
    fuzz::fail(std::string("a ledger that an audit finds sound works: ") + error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder place;
  static const fuzz::SoundLedgers sound = fuzz::make_sound_ledgers(place.path() / "made");
  const std::filesystem::path folder = place.path() / "data";
  fuzz::put_damaged(sound, {reinterpret_cast<const char*>(data), size}, folder);
  try {
    open_and_use(folder);
  } catch (const ledger::OpenFailed& refused) {
    require_one_line(refused.what());
  }
  return 0;
}
