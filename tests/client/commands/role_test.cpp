#include <doctest/doctest.h>

#include "client/commands/run.hpp"

using client::Role;
using client::role_for;
using client::Settings;

TEST_CASE("the role follows from the options") {
  Settings settings;
  CHECK(role_for("balance", settings) == Role::customer);
  settings.admin_socket_given = true;
  CHECK(role_for("balance", settings) == Role::operator_);
  settings.teller_secret_file = "secret";
  CHECK(role_for("balance", settings) == Role::teller);
  settings.pin_file = "pin";
  CHECK(role_for("balance", settings) == Role::customer);
}

TEST_CASE("create, reverse and admin are never sent as a customer") {
  Settings settings;
  settings.pin_file = "pin";
  CHECK(role_for("create", settings) == Role::operator_);
  CHECK(role_for("reverse", settings) == Role::operator_);
  settings.teller_secret_file = "secret";
  CHECK(role_for("create", settings) == Role::teller);
  CHECK(role_for("reverse", settings) == Role::teller);
  CHECK(role_for("admin list", settings) == Role::operator_);
  CHECK(role_for("admin", settings) == Role::operator_);
}
