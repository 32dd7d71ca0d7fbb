/// The operator's commands.

#include "client/commands/grammar.hpp"

namespace client {

void Grammar::add_admin_commands(CLI::App& app) {
  add_transaction_tools(app);
  add_holds(app);
  add_account_tools(app);
  add_server_tools(app);
}

CLI::App* Grammar::with_handle(CLI::App& app, const std::string& name, const std::string& help) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->add_option("handle", command_.handle, "as list shows it, like 3-81")->required();
  return sub;
}

void Grammar::add_transaction_tools(CLI::App& app) {
  app.add_subcommand("list", "the transactions in flight");
  with_handle(app, "show", "one transaction, with its locks and its cleanup stack");
  CLI::App* cancel = with_handle(app, "cancel", "cancel one transaction");
  CLI::App* all = app.add_subcommand(
      "cancel-all", "cancel every transaction, or those on one account (--account)");
  for (CLI::App* sub : {cancel, all}) {
    with_environment(sub->add_option("--reason", command_.reason, "what the customer is told")
                         ->type_name("TEXT"));
  }
  wait_option(*cancel);
  with_handle(app, "step", "let a held transaction go on to its next point");
  with_handle(app, "resume", "let a held transaction go on for good");
}

void Grammar::add_holds(CLI::App& app) {
  CLI::App* hold = app.add_subcommand("hold", "stop transactions at a point (teaching servers)");
  hold->require_subcommand(1);
  CLI::App* add = hold->add_subcommand("add", "hold what comes to a point (also: --account)");
  add->add_option("point", command_.point, "like locked or committing")->required();
  with_environment(add->add_option("--op", command_.op, "only this kind, like deposit"), "HOLD_");
  hold->add_subcommand("list", "the holds");
  hold->add_subcommand("clear", "remove all holds and let go of what they hold");
}

void Grammar::add_account_tools(CLI::App& app) {
  required_number(*app.add_subcommand("freeze", "stop all that moves an account's money"),
                  "account", command_.number, "its number");
  required_number(*app.add_subcommand("unfreeze", "let an account's money move again"), "account",
                  command_.number, "its number");
  required_number(*app.add_subcommand("unlock", "allow PINs again after five wrong ones"),
                  "account", command_.number, "its number");
}

void Grammar::add_server_tools(CLI::App& app) {
  app.add_subcommand("clients", "the connections");
  required_number(*app.add_subcommand("kill", "close a connection, cancelling its request"),
                  "connection", command_.number, "its id, as clients shows it");
  app.add_subcommand("audit", "check the whole ledger (status 1 if anything is wrong)");
  app.add_subcommand("backup", "write a consistent copy of the ledger")
      ->add_option("path", command_.path, "a new file, on the server's machine")
      ->required();
  app.add_subcommand("drain", "finish what runs, take nothing new, then stop the server");
  app.add_subcommand("info", "the server's counters")
      ->add_option("section", command_.section, "only this section");
}

}  // namespace client
