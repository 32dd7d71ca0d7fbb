// Reading a command: its values, and which of several faults comes first.

#include <doctest/doctest.h>

#include "server/bank/text.hpp"
#include "tests/bank/rig.hpp"

using bank::Arguments;
using bank::Operation;

namespace {

Arguments parse(const std::string& command, const rig::SessionRef& as = rig::operator_()) {
  return parse_arguments(rig::split(command), *as);
}

/// The code of the fault, or "fine".
std::string fault(const std::string& command, const rig::SessionRef& as = rig::operator_()) {
  const Arguments asked = parse(command, as);
  return asked.fault ? rig::code(rig::text(*asked.fault)) : "fine";
}

}  // namespace

TEST_CASE("every transaction is read: names in any case, numbers with leading zeros") {
  const Arguments create = parse("create 0123 balance 007 KEY k");
  CHECK(create.operation == Operation::create);
  CHECK(create.pin.reveal() == "0123");
  CHECK(create.amount == 7);
  CHECK(create.key == "k");
  CHECK(create.account == 0);
  const Arguments transfer = parse("TransFer 0042 7 100 timeout 50 key a!~");
  CHECK(transfer.operation == Operation::transfer);
  CHECK(transfer.account == 42);
  CHECK(transfer.to == 7);
  CHECK(transfer.amount == 100);
  CHECK(transfer.key == "a!~");
  CHECK(transfer.timeout == std::chrono::milliseconds(50));
  const Arguments history = parse("HISTORY 3 BEFORE 9 LIMIT 1000");
  CHECK(history.limit == 1000);
  CHECK(history.before == 9);
  CHECK(parse("HISTORY 3").limit == 20);
  CHECK(parse("PASSWD 3 123456789012").pin.reveal() == "123456789012");
  CHECK(parse("REVERSE 3 k").key == "k");
  CHECK(parse("BACKUP /tmp/x").path == "/tmp/x");
  CHECK(parse("AUDIT").operation == Operation::audit);
}

TEST_CASE("a deposit with a key claims it, a reverse does not") {
  CHECK(parse("DEPOSIT 1 5 KEY k").claims_key());
  CHECK_FALSE(parse("DEPOSIT 1 5").claims_key());
  CHECK_FALSE(parse("REVERSE 1 k").claims_key());
  const ledger::Claim claim = parse("TRANSFER 1 2 5 KEY k").claim();
  CHECK(claim.account == 1);
  CHECK(claim.other == 2);
  CHECK(claim.amount == 5);
  CHECK(claim.kind == ledger::Kind::transfer);
  CHECK(parse("CREATE 1234 BALANCE 9 KEY k").claim().amount == 9);
}

TEST_CASE("a malformed command is ERR") {
  for (const char* command : {"FROB",
                              "AUD1T",
                              "DEPOSIT",
                              "DEPOSIT 1",
                              "DEPOSIT x 5",
                              "DEPOSIT -1 5",
                              "DEPOSIT 1 five",
                              "DEPOSIT 1 +5",
                              "DEPOSIT 1 5.0",
                              "DEPOSIT 1 5 KEY",
                              "DEPOSIT 1 5 FROB 1",
                              "DEPOSIT 1 5 KEY a KEY b",
                              "DEPOSIT 1 5 BALANCE 3",
                              "DEPOSIT 1 5 TIMEOUT 0",
                              "DEPOSIT 1 5 TIMEOUT 86400001",
                              "DEPOSIT 1 5 TIMEOUT x",
                              "TRANSFER 1 x 5",
                              "TRANSFER 1 1 5",
                              "TRANSFER 01 1 5",
                              "CREATE",
                              "CREATE 123",
                              "CREATE 1234567890123",
                              "CREATE 12a4",
                              "CREATE 1234 BALANCE",
                              "CREATE 1234 TIMEOUT 5",
                              "HISTORY 1 LIMIT 0",
                              "HISTORY 1 LIMIT 1001",
                              "HISTORY 1 BEFORE 0",
                              "REVERSE 1",
                              "REVERSE 1 k extra",
                              "PASSWD 1 abcd",
                              "BACKUP",
                              "BACKUP relative/path",
                              "AUDIT now",
                              "BALANCE 1 KEY k"}) {
    CAPTURE(command);
    CHECK(fault(command) == "-ERR");
  }
}

TEST_CASE("a key is 1 to 64 printable characters") {
  CHECK(bank::is_key(std::string(64, 'x')));
  CHECK_FALSE(bank::is_key(std::string(65, 'x')));
  CHECK_FALSE(bank::is_key(""));
  CHECK_FALSE(bank::is_key("a b"));
  CHECK_FALSE(bank::is_key("a\x7f"));
  CHECK_FALSE(bank::is_key("\xc3\xa4"));
  CHECK(fault("DEPOSIT 1 5 KEY " + std::string(65, 'x')) == "-ERR");
  CHECK(fault("REVERSE 1 " + std::string(65, 'x')) == "-ERR");
}

TEST_CASE("an amount is 1 to 10^15 cents, an opening balance may be 0, with any number of digits") {
  CHECK(fault("DEPOSIT 1 1") == "fine");
  CHECK(fault("DEPOSIT 1 1000000000000000") == "fine");
  for (const char* amount : {"0", "-5", "1000000000000001", "99999999999999999999999999",
                             "-99999999999999999999999999"}) {
    CAPTURE(amount);
    CHECK(fault(std::string("DEPOSIT 1 ") + amount) == "-AMOUNT");
    const bool opens_empty = std::string_view(amount) == "0";
    CHECK(fault(std::string("CREATE 1234 BALANCE ") + amount) ==
          (opens_empty ? "fine" : "-AMOUNT"));
    CHECK(fault(std::string("TRANSFER 1 2 ") + amount) == "-AMOUNT");
  }
}

TEST_CASE("each role may ask for its transactions") {
  const auto own = rig::customer(1);
  for (const char* command : {"DEPOSIT 1 5", "WITHDRAW 1 5", "TRANSFER 1 2 5", "BALANCE 1",
                              "HISTORY 1", "PASSWD 1 1234"}) {
    CAPTURE(command);
    CHECK(fault(command, own) == "fine");
    CHECK(fault(command, rig::customer(2)) == "-NOPERM");
    CHECK(fault(command, rig::nobody()) == "-NOAUTH");
    CHECK(fault(command, rig::teller()) == "fine");
  }
  for (const char* command : {"CREATE 1234", "REVERSE 1 k"}) {
    CAPTURE(command);
    CHECK(fault(command, own) == "-NOPERM");
    CHECK(fault(command, rig::teller()) == "fine");
    CHECK(fault(command, rig::operator_()) == "fine");
  }
  for (const char* command : {"AUDIT", "BACKUP /x"}) {
    CAPTURE(command);
    CHECK(fault(command, own) == "-NOPERM");
    CHECK(fault(command, rig::teller()) == "-NOPERM");
    CHECK(fault(command, rig::operator_()) == "fine");
  }
  CHECK(fault("TRANSFER 2 1 5", own) == "-NOPERM");
}

TEST_CASE("of several faults the first is kept: ERR, NOAUTH, NOPERM, AMOUNT") {
  CHECK(fault("FROB", rig::nobody()) == "-ERR");
  CHECK(fault("DEPOSIT 1 x", rig::nobody()) == "-ERR");
  CHECK(fault("TRANSFER 2 2 0", rig::customer(1)) == "-ERR");
  CHECK(fault("DEPOSIT 1 0 FROB", rig::customer(2)) == "-ERR");
  CHECK(fault("DEPOSIT 1 0", rig::nobody()) == "-NOAUTH");
  CHECK(fault("DEPOSIT 1 0", rig::customer(2)) == "-NOPERM");
  CHECK(fault("CREATE 1234 BALANCE 0", rig::customer(2)) == "-NOPERM");
  CHECK(fault("DEPOSIT 1 0", rig::customer(1)) == "-AMOUNT");
}

TEST_CASE("a faulty command keeps the values that could be read") {
  const Arguments asked = parse("DEPOSIT 7 0 KEY k");
  CHECK(asked.fault);
  CHECK(asked.account == 7);
  CHECK(asked.key == "k");
}

TEST_CASE("values that no inline command can hold are ERR as well") {
  const auto fault_of = [](const std::vector<std::string>& words) {
    const Arguments asked = parse_arguments(words, *rig::operator_());
    return asked.fault ? rig::text(*asked.fault) : "fine";
  };
  CHECK(rig::code(fault_of({"DEPOSIT", "1", ""})) == "-ERR");
  CHECK(rig::code(fault_of({"DEPOSIT", "1", "-"})) == "-ERR");
  CHECK(rig::code(fault_of({"BACKUP", std::string("/a\0b", 4)})) == "-ERR");
  CHECK(fault_of({"FR\x7F\nB"}).find("'FR  B'") != std::string::npos);
}

TEST_CASE("a text is never cut inside a UTF-8 character") {
  const std::string text = "abc\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\xb6";  // abcä€💶
  for (const auto& [limit, length] : std::vector<std::pair<std::size_t, std::size_t>>{
           {3, 3}, {4, 3}, {5, 5}, {6, 5}, {7, 5}, {8, 8}, {9, 8}, {11, 8}, {12, 12}, {99, 12}}) {
    const std::size_t most = limit;
    CAPTURE(most);
    CHECK(bank::one_line(text, most) == text.substr(0, length));
  }
}

TEST_CASE("a PIN is 4 to 12 digits") {
  for (const char* pin : {"0000", "123456789012"}) CHECK(bank::is_pin(pin));
  for (const char* pin : {"", "123", "1234567890123", "12a4", "12 4", "12/4", "12:4"}) {
    CAPTURE(pin);
    CHECK_FALSE(bank::is_pin(pin));
  }
}

TEST_CASE("every transaction has a row that begins with its name") {
  for (const auto& row : bank::transaction_commands()) {
    CAPTURE(row.grammar.usage());
    REQUIRE(row.grammar.name().size() == 1);
    CHECK(bank::same_word(row.grammar.name()[0], name(row.operation)));
  }
}

TEST_CASE("a claim is of the kind of its command") {
  CHECK(parse("REVERSE 1 k").claim().kind == ledger::Kind::reverse);
  CHECK(parse("BALANCE 1").claim().kind == ledger::Kind::none);
}

TEST_CASE("a session touches its own account, a teller's and the operator's any") {
  CHECK(rig::teller()->may_touch(7));
  CHECK(rig::operator_()->may_touch(7));
  CHECK(rig::customer(7)->may_touch(7));
  CHECK_FALSE(rig::customer(8)->may_touch(7));
  CHECK_FALSE(rig::nobody()->may_touch(0));
}

TEST_CASE("a session is outdated by a new PIN of its own account alone") {
  const auto session = rig::customer(7, 1);
  CHECK_FALSE(session->is_outdated({7, 0, false, 1}));
  CHECK(session->is_outdated({7, 0, false, 2}));
  CHECK_FALSE(session->is_outdated({8, 0, false, 2}));
  CHECK_FALSE(rig::teller()->is_outdated({0, 0, false, 2}));
}

TEST_CASE("a session is outdated once a later PIN of its account is known") {
  bank::PinVersions versions;
  CHECK_FALSE(versions.is_outdated(*rig::customer(7, 1)));
  versions.set(7, 2);
  CHECK(versions.is_outdated(*rig::customer(7, 1)));
  CHECK_FALSE(versions.is_outdated(*rig::customer(7, 2)));
  CHECK_FALSE(versions.is_outdated(*rig::customer(8, 1)));
  CHECK_FALSE(versions.is_outdated(*rig::teller()));
}
