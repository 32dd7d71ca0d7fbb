#include "tests/db/change_rows.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <sqlite3.h>

namespace {

// ?1 is a small number, ?2 any number.
constexpr auto changes = std::to_array<const char*>({
    "UPDATE meta SET value = ?2",
    "DELETE FROM meta WHERE ?1 = 7",
    "INSERT INTO meta VALUES (?1, ?2)",
    "UPDATE accounts SET balance = ?2 WHERE id = ?1",
    "UPDATE accounts SET id = ?2 WHERE id = ?1",
    "UPDATE accounts SET frozen = ?2, pin_version = ?2 WHERE id = ?1",
    "DELETE FROM accounts WHERE id = ?1",
    "INSERT INTO accounts VALUES (?2, ?1, 0, 1, 0)",
    "UPDATE pins SET attempts = ?2 WHERE account = ?1",
    "DELETE FROM pins WHERE account = ?1",
    "INSERT INTO pins VALUES (?2, 'x', ?1)",
    "UPDATE transfers SET amount = ?2 WHERE id = ?1",
    "UPDATE transfers SET kind = ?2 WHERE id = ?1",
    "UPDATE transfers SET debit = ?2 WHERE id = ?1",
    "UPDATE transfers SET credit = ?2 WHERE id = ?1",
    "UPDATE transfers SET debit_balance = ?2 WHERE id = ?1",
    "UPDATE transfers SET credit_balance = ?2 WHERE id = ?1",
    "UPDATE transfers SET reverses = ?2 WHERE id = ?1",
    "UPDATE transfers SET key = ?2 WHERE id = ?1",
    "UPDATE transfers SET id = ?2 WHERE id = ?1",
    "UPDATE transfers SET time = ?2 WHERE id = ?1",
    "DELETE FROM transfers WHERE id = ?1",
    "INSERT INTO transfers VALUES (?2, 2, 0, ?1, 5, 0, 5, 0, 0, NULL, NULL, 0)",
    "UPDATE keys SET time = ?2 WHERE transfer = ?1",
    "UPDATE keys SET transfer = NULL WHERE transfer = ?1",
    "UPDATE keys SET account = ?2 WHERE transfer = ?1",
    "UPDATE keys SET opened = ?2 WHERE transfer = ?1",
    "UPDATE keys SET transfer = ?2 WHERE transfer = ?1",
    "DELETE FROM keys WHERE transfer = ?1",
    "UPDATE accounts SET last = ?2 WHERE id = ?1",
    "UPDATE transfers SET debit_previous = ?2 WHERE id = ?1",
    "UPDATE transfers SET credit_previous = ?2 WHERE id = ?1",
});

struct Close {
  void operator()(sqlite3* native) const { sqlite3_close(native); }
};

std::unique_ptr<sqlite3, Close> opened(const std::filesystem::path& file) {
  sqlite3* native = nullptr;
  const int code = sqlite3_open(file.c_str(), &native);
  std::unique_ptr<sqlite3, Close> connection(native);
  if (code != SQLITE_OK) throw std::runtime_error("the sound file cannot be opened");
  int ignored = 0;
  sqlite3_db_config(native, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &ignored);
  sqlite3_exec(native, "PRAGMA ignore_check_constraints = ON", nullptr, nullptr, nullptr);
  return connection;
}

/// Ignores a change that fails, a duplicate for instance.
void run(sqlite3* native, const char* sql, std::int64_t few, std::int64_t any) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(native, sql, -1, &statement, nullptr) != SQLITE_OK) return;
  sqlite3_bind_int64(statement, 1, few);
  sqlite3_bind_int64(statement, 2, any);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
}

}  // namespace

void change_rows(const std::filesystem::path& folder, std::string_view input) {
  constexpr std::size_t size_of_change = 10;
  const auto connection = opened(folder / "ledger.db");
  for (; input.size() >= size_of_change; input.remove_prefix(size_of_change)) {
    const auto which = static_cast<unsigned char>(input[0]);
    const auto row = static_cast<unsigned char>(input[1]);
    std::int64_t any = 0;
    std::memcpy(&any, input.data() + 2, sizeof any);
    run(connection.get(), changes[which % changes.size()], row % 32, any);
  }
}
