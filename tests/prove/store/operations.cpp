#include "tests/prove/store/operations.hpp"

#include <array>
#include <stdexcept>

#include "tests/bank/reply_text.hpp"

namespace prove {
namespace {

using Path = std::filesystem::path;

template <std::size_t N>
struct Command {
  char text[N];
  constexpr Command(const char (&from)[N]) { std::copy_n(from, N, text); }
};

/// Sends one request.
template <Command command>
std::string ask(Branch& branch, const Path&) {
  return branch.ask(command.text);
}

std::string cancel_running(Branch& branch, const Path&) {
  const Asked asked = branch.start_held("WITHDRAW 1 5 KEY k", bank::Point::modified);
  const std::string verdict = branch.cancel(asked);
  return rig::code(verdict) + " " + rig::code(branch.finish(asked));
}

std::string cancel_key_of_running(Branch& branch, const Path&) {
  const Asked asked = branch.start_held("WITHDRAW 1 5 KEY k", bank::Point::modified);
  const std::string verdict = branch.cancel_key(1, "k");
  return rig::code(verdict) + " " + rig::code(branch.finish(asked));
}

}  // namespace

std::span<const Operation> requests() {
  static constexpr std::array<Operation, 14> all{{
      {"create", ask<"CREATE 1234 BALANCE 30 KEY k">, 0, "k"},
      {"deposit", ask<"DEPOSIT 1 5 KEY k">, 1, "k"},
      {"checkpoint", ask<"DEPOSIT 1 5 KEY k">, 1, "k", false, false, true},
      {"withdraw", ask<"WITHDRAW 1 5 KEY k">, 1, "k"},
      {"transfer", ask<"TRANSFER 1 2 5 KEY k">, 1, "k"},
      {"reverse", ask<"REVERSE 1 old">},
      {"passwd", ask<"PASSWD 1 4321">},
      {"refused", ask<"WITHDRAW 1 999999 KEY k">, 1, "k"},
      {"repeat", ask<"DEPOSIT 1 20 KEY done">},
      {"other-request", ask<"DEPOSIT 1 21 KEY done">},
      {"cancelled-key", ask<"DEPOSIT 1 20 KEY gone">},
      {"balance", ask<"BALANCE 1">},
      {"history", ask<"HISTORY 1">},
      {"status", [](Branch& branch, const Path&) { return branch.status(1, "done"); }},
  }};
  return all;
}

std::span<const Operation> controls() {
  static constexpr std::array<Operation, 10> all{{
      {"audit", ask<"AUDIT">},
      {"backup",
       [](Branch& branch, const Path& folder) {
         return branch.ask("BACKUP " + (folder / "copy.db").string());
       }},
      {"freeze", [](Branch& branch, const Path&) { return branch.freeze(1); }},
      {"unfreeze", [](Branch& branch, const Path&) { return branch.unfreeze(3); }},
      {"unlock", [](Branch& branch, const Path&) { return branch.unlock(2); }},
      {"login", [](Branch& branch, const Path&) { return branch.log_in(1, "1234"); }, 0, nullptr,
       false, true},
      {"wrong-pin", [](Branch& branch, const Path&) { return branch.log_in(1, "9999"); }, 0,
       nullptr, false, true},
      {"cancel-key",
       [](Branch& branch, const Path&) { return rig::code(branch.cancel_key(1, "k")); }, 1, "k",
       true},
      {"cancel-running", cancel_running, 1, "k", true},
      {"cancel-key-of-running", cancel_key_of_running, 1, "k", true},
  }};
  return all;
}

invariants::Evidence make_base(const std::filesystem::path& directory) {
  Branch branch({directory, {}, cancel::Mechanism::token});
  for (const char* command :
       {"CREATE 1234 BALANCE 1000", "CREATE 1234 BALANCE 500", "CREATE 1234 BALANCE 100",
        "DEPOSIT 1 20 KEY done", "WITHDRAW 1 7 KEY old"}) {
    branch.ask(command);
  }
  branch.cancel_key(1, "gone");
  branch.log_in(2, "9999");
  branch.log_in(2, "9999");
  branch.freeze(3);
  if (branch.violations() != 0) throw std::runtime_error("the ledger to start from is not sound");
  return branch.evidence();
}

void warm_up(Branch& branch) {
  branch.ask("BALANCE 1");
  branch.ask("DEPOSIT 2 1 KEY warm");
  branch.ask("HISTORY 2");
}

}  // namespace prove
