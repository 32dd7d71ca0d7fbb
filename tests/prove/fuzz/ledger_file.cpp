/// Opening a ledger whose files somebody has damaged: it is refused in one line, or it opens and
/// its audit tells. What an audit finds sound can be worked with. (The input: damage.hpp.)

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
  require(!told.empty() && told.find('\n') == told.npos, "a refusal says why in one line");
}

/// Everything that can be asked, once; the answers may be wrong, or that it cannot be read.
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

/// How many violations; all that can go wrong is one.
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

/// A deposit of one cent; the balance it leaves.
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
    require(ledger.account(id).value().balance == balance, "a deposit is seen in the balance");
  }
  require(violations(ledger) == 0, "work leaves a sound ledger sound");
}

void open_and_use(const std::filesystem::path& folder) {
  const auto ledger = ledger::open_sqlite(folder);
  require(ledger->start_number() >= 1, "a start has a number of its own");
  ask_everything(*ledger);
  if (violations(*ledger) > 0) return;
  try {
    work_with(*ledger);
  } catch (const std::exception& error) {
    fuzz::fail(std::string("what an audit finds sound can be worked with: ") + error.what());
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
