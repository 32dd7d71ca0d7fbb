/// The reports of create, deposit, withdraw, transfer, balance and history.

#include "client/commands/handlers.hpp"
#include "client/terminal/amount.hpp"

namespace client {

namespace {

std::string and_key(const Request& request) {
  return " (key " + request.key + ")\n";
}

Report show_moved(const std::string& past, const Command& command, const Request& request,
                  const Reply& reply) {
  Report report = done(past + ", balance " + format_amount(reply.number) + and_key(request),
                       {{"account", request.account}});
  if (command.to) report.json["to"] = *command.to;
  report.json["amount"] = *command.amount;
  report.json["balance"] = reply.number;
  return report;
}

}  // namespace

Report show_created(const Command& command, const Request& request, const Reply& reply) {
  const std::string begins = command.balance ? ", balance " + format_amount(*command.balance) : "";
  return done("account " + std::to_string(reply.number) + " created" + begins + and_key(request),
              {{"account", reply.number}});
}

Report show_deposited(const Command& command, const Request& request, const Reply& reply) {
  return show_moved("deposited " + format_amount(*command.amount), command, request, reply);
}

Report show_withdrawn(const Command& command, const Request& request, const Reply& reply) {
  return show_moved("withdrew " + format_amount(*command.amount), command, request, reply);
}

Report show_transferred(const Command& command, const Request& request, const Reply& reply) {
  return show_moved("transferred " + format_amount(*command.amount) + " to account " +
                        std::to_string(*command.to),
                    command, request, reply);
}

Report show_balance(const Command&, const Request& request, const Reply& reply) {
  return done("balance " + format_amount(reply.number) + "\n",
              {{"account", request.account}, {"balance", reply.number}});
}

Report show_history(const Command&, const Request&, const Reply& reply) {
  return done(table(reply, "nothing has moved on this account"), maps_to_json(reply));
}

}  // namespace client
