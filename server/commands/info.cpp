// INFO: counters, as "name:value" lines under "# Section" headings. A counter that Redis has, too,
// has the name it has there, so that redis-cli --stat and monitoring tools find it.

#include <algorithm>
#include <array>
#include <concepts>
#include <fstream>

#include <unistd.h>

#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

/// Collects the lines of the section that is wanted, or of all.
class Text {
 public:
  explicit Text(const std::string& wanted) : wanted_(bank::lower(wanted)) {}
  void section(std::string_view name) {
    shown_ = wanted_.empty() || wanted_ == "default" || wanted_ == "all" ||
             wanted_ == "everything" || wanted_ == bank::lower(name);
    if (shown_) text_ += (text_.empty() ? "# " : "\r\n# ") + std::string(name) + "\r\n";
  }
  void line(std::string_view name, std::string_view value) {
    if (shown_) text_ += std::string(name) + ":" + std::string(value) + "\r\n";
  }
  void line(std::string_view name, std::integral auto value) { line(name, std::to_string(value)); }
  const std::string& text() const { return text_; }

 private:
  const std::string wanted_;
  bool shown_ = true;
  std::string text_;
};

void about_server(Text& text, Server& server, const Server::Facts& facts) {
  const auto up = seam::now() - facts.started;
  text.section("Server");
  text.line("atm_version", ATM_VERSION);
  text.line("process_id", ::getpid());
  text.line("uptime_in_seconds", std::chrono::duration_cast<std::chrono::seconds>(up).count());
  text.line("start_number", server.bank().ledger.start_number());
  text.line("mechanism",
            server.bank().options.mechanism == cancel::Mechanism::posix ? "posix" : "token");
  text.line("teaching", server.bank().options.teaching ? 1 : 0);
  text.line("draining", facts.draining ? 1 : 0);
  const std::string store = server.bank().ledger.version();
  text.line("store", store);
  text.line("sqlite_version", store.substr(store.rfind(' ') + 1));
}

/// Returns the bytes of memory that the process occupies; 0 if the system does not say.
std::int64_t resident_memory() {
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;  // the second number
  return pages * ::sysconf(_SC_PAGESIZE);
}

/// Counts the transactions that wait for a mutex, a commit or the end of a hold.
std::int64_t blocked_clients(bank::Bank& bank) {
  const auto all = bank.transactions.all();
  return std::count_if(all.begin(), all.end(),
                       [](const auto& txn) { return !txn->view().waiting.empty(); });
}

void about_clients(Text& text, Server& server, const Server::Facts& facts) {
  text.section("Clients");
  text.line("connected_clients", server.connections().size());
  text.line("maxclients", facts.connections_max);
  text.line("blocked_clients", blocked_clients(server.bank()));
  text.section("Memory");
  text.line("used_memory", resident_memory());
  text.section("Persistence");
  text.line("loading", 0);
  text.section("Stats");
  text.line("total_connections_received", facts.connections_received);
  text.line("total_commands_processed", facts.commands_processed);
  text.section("Replication");
  text.line("role", "master");
}

void about_workers(Text& text, const Server::Facts& facts) {
  text.section("Workers");
  text.line("workers", facts.workers.workers);
  text.line("workers_started", facts.workers.started);
  text.line("workers_cancelled", facts.workers.cancelled);
  text.line("workers_max", facts.workers_max);
  text.line("queued_requests", facts.workers.queued);
}

void about_transactions(Text& text, bank::Bank& bank) {
  text.section("Transactions");
  text.line("live_requests", bank.transactions.size());
  text.line("live_buffers", bank.counters.live_buffers.load());
  text.line("held_locks", bank.accounts.held());
  for (std::size_t i = 0; i < bank::reason_names.size(); ++i) {
    text.line("cancels_" + std::string(bank::reason_names[i]), bank.counters.cancels[i].load());
  }
  for (std::size_t i = 0; i < bank.counters.verdicts.size(); ++i) {
    text.line("verdicts_" + bank::lower(name(static_cast<cancel::Verdict>(i))),
              bank.counters.verdicts[i].load());
  }
  text.line("lost_acks", bank.counters.lost_acks.load());
  text.line("commits", bank.commits.commits());
  text.line("money_commits", bank.counters.money_commits.load());
  text.line("commit_batches", bank.commits.batches());
}

void about_events(Text& text, const bank::Events& events) {
  text.section("Events");
  for (std::size_t i = 0; i < bank::event_table.size(); ++i) {
    text.line("events_" + std::string(bank::event_table[i].name),
              events.count(static_cast<bank::Event>(i)));
  }
}

void info(Server& server, const Client& client, const Arguments& asked) {
  const Server::Facts facts = server.facts();
  Text text(asked.text.value_or(""));
  about_server(text, server, facts);
  about_clients(text, server, facts);
  about_workers(text, facts);
  about_transactions(text, server.bank());
  about_events(text, server.events());
  client->answer(Reply::bulk(text.text()));
}

constexpr auto info_rows = std::to_array<Command>({{"INFO [section]", bank::Role::nobody, &info}});

}  // namespace

constinit const std::span<const Command> info_commands = info_rows;

}  // namespace commands
