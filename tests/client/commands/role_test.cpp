#include <doctest/doctest.h>

#include "client/commands/run.hpp"

using client::Role;
using client::role_for;
using client::Settings;
using client::UsageError;

TEST_CASE("the role follows from the PIN file and the teller's secret") {
  Settings settings;
  CHECK(role_for("balance", settings) == Role::customer);
  settings.teller_secret_file = "secret";
  CHECK(role_for("balance", settings) == Role::teller);
  settings.pin_file = "pin";
  CHECK(role_for("balance", settings) == Role::customer);
}

TEST_CASE("naming the admin socket does not make the operator") {
  Settings settings;
  settings.admin_socket = "/run/atm.sock";
  CHECK(role_for("deposit", settings) == Role::customer);
  CHECK_THROWS_AS(role_for("create", settings), UsageError);
}

TEST_CASE("commands after admin are sent as the operator, and another role is refused") {
  Settings settings;
  settings.teller_secret_file = "secret";
  settings.pin_file = "pin";
  for (const char* command : {"admin", "admin list", "admin create", "admin reverse"}) {
    CAPTURE(command);
    settings.as = "";
    CHECK(role_for(command, settings) == Role::operator_);
    settings.as = "operator";
    CHECK(role_for(command, settings) == Role::operator_);
    settings.as = "customer";
    CHECK_THROWS_AS(role_for(command, settings), UsageError);
  }
}

TEST_CASE("--as names the role of the other commands") {
  Settings settings;
  settings.pin_file = "pin";
  settings.as = "operator";
  CHECK(role_for("deposit", settings) == Role::operator_);
  CHECK(role_for("create", settings) == Role::operator_);
  settings.as = "teller";
  CHECK_THROWS_AS(role_for("deposit", settings), UsageError);
  settings.teller_secret_file = "secret";
  CHECK(role_for("deposit", settings) == Role::teller);
  settings.as = "customer";
  CHECK(role_for("deposit", settings) == Role::customer);
}

TEST_CASE("create and reverse are for a teller, and the refusal names the operator's commands") {
  Settings settings;
  settings.pin_file = "pin";
  CHECK_THROWS_WITH(
      role_for("create", settings),
      "create is for a teller (--teller-secret-file) or the operator (atm admin create)");
  CHECK_THROWS_AS(role_for("reverse", settings), UsageError);
  settings.teller_secret_file = "secret";
  CHECK(role_for("create", settings) == Role::teller);
  CHECK(role_for("reverse", settings) == Role::teller);
}
