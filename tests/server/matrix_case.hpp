#pragma once

/// One operation on accounts of its own: its words, and its effect.

#include <doctest/doctest.h>

#include "server/bank/operation.hpp"
#include "tests/server/rig/site.hpp"

class MatrixCase {
 public:
  using Operation = bank::Operation;
  using Words = std::vector<std::string>;

  MatrixCase(rig::Site& site, Operation operation)
      : site_(site), operation_(operation), account_(site.open(1000)), other_(site.open(1000)) {
    if (operation == Operation::reverse) site.op()("DEPOSIT", account_, 20, "KEY", "paid");
  }

  Operation operation() const { return operation_; }
  std::int64_t account() const { return account_; }
  std::int64_t other() const { return other_; }
  std::string key() const { return "key-of-" + std::to_string(account_); }
  std::int64_t key_account() const { return operation_ == Operation::create ? 0 : account_; }
  std::string backup() const { return site_.folder().file("backup-" + std::to_string(account_)); }

  bool keyed() const {
    return bank::moves_money(operation_) ? operation_ != Operation::reverse
                                         : operation_ == Operation::create;
  }

  Words command() const {
    const std::string a = std::to_string(account_);
    switch (operation_) {
      case Operation::create:
        return {"CREATE", rig::the_pin, "BALANCE", "50", "KEY", key()};
      case Operation::deposit:
        return {"DEPOSIT", a, "10", "KEY", key()};
      case Operation::withdraw:
        return {"WITHDRAW", a, "10", "KEY", key()};
      case Operation::transfer:
        return {"TRANSFER", a, std::to_string(other_), "10", "KEY", key()};
      case Operation::balance:
        return {"BALANCE", a};
      case Operation::history:
        return {"HISTORY", a};
      case Operation::reverse:
        return {"REVERSE", a, "paid"};
      case Operation::passwd:
        return {"PASSWD", a, "987654"};
      case Operation::audit:
        return {"AUDIT"};
      case Operation::backup:
        return {"BACKUP", backup()};
      default:
        return {"NONSENSE"};
    }
  }

  /// A client that may send it.
  rig::Client sender() const {
    switch (operation_) {
      case Operation::create:
      case Operation::reverse:
        return site_.teller();
      case Operation::audit:
      case Operation::backup:
        return site_.local();
      default:
        return site_.customer(account_);
    }
  }

  /// The hold that stops this request and no other.
  Words hold_at(std::string_view point) const {
    Words words = {"HOLD", "ADD", std::string(point)};
    if (operation_ == Operation::unknown) return words;  // a hold cannot name it
    words.insert(words.end(), {"OP", std::string(bank::name(operation_))});
    return words;
  }

  std::int64_t before() const { return operation_ == Operation::reverse ? 1020 : 1000; }
  std::int64_t after() const {
    if (operation_ == Operation::deposit) return 1010;
    const bool gives = operation_ == Operation::withdraw || operation_ == Operation::transfer;
    return gives ? 990 : 1000;
  }
  std::int64_t other_after() const { return operation_ == Operation::transfer ? 1010 : 1000; }

  void check_success(const rig::Reply& reply) const {
    switch (operation_) {
      case Operation::create:
        CHECK(reply.number == other_ + 1);
        break;
      case Operation::history:
        CHECK(reply.elements.size() == 1);
        break;
      case Operation::audit:
        CHECK(reply["violations"].number == 0);
        break;
      case Operation::passwd:
      case Operation::backup:
        CHECK(show(reply) == "+OK");
        break;
      case Operation::unknown:
        CHECK(reply.code() == "ERR");
        break;
      default:
        CHECK(reply.number == after());
    }
  }

 private:
  rig::Site& site_;
  const Operation operation_;
  const std::int64_t account_;
  const std::int64_t other_;
};
