#include "client/commands/run.hpp"

#include "client/commands/command_table.hpp"
#include "client/terminal/text.hpp"

namespace client {

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : {Role::customer, Role::teller, Role::operator_}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

const char* role_name(Role role) {
  return role == Role::customer ? "customer" : role == Role::teller ? "teller" : "operator";
}

Role role_for(const std::string& command, const Settings& settings) {
  const Sender sender = command_row(command).sender;
  const bool has_secret = !settings.teller_secret_file.empty();
  const bool has_pin = !settings.pin_file.empty() && sender == Sender::anybody;
  const Role usual = has_secret && !has_pin ? Role::teller : Role::customer;
  const Role role =
      sender == Sender::operator_ ? Role::operator_ : role_named(settings.as).value_or(usual);
  if (role_named(settings.as).value_or(role) != role) {
    throw UsageError("the operator acts after admin; leave --as (or ATM_AS) out");
  }
  if (sender == Sender::staff && role == Role::customer) {
    throw UsageError(command +
                     " is for a teller (--teller-secret-file) or the operator (atm admin " +
                     command + ")");
  }
  if (role == Role::teller && !has_secret) {
    throw UsageError("a teller needs a secret: give --teller-secret-file");
  }
  return role;
}

Run::Run(const Settings& settings, Interrupt& interrupt)
    : settings_(settings), interrupt_(interrupt) {}

Session& Run::session_for(const Command& command) {
  const Role role = role_for(command.name, settings_);
  if (role == Role::customer && customer_ && customer_->login().account != account_of(command)) {
    customer_.reset();
  }
  auto& session = role == Role::customer ? customer_ : role == Role::teller ? teller_ : operator_;
  if (!session) {
    // The parser has checked the option.
    const Endpoint endpoint = role == Role::operator_ ? Endpoint{{}, {}, settings_.admin_socket}
                                                      : *parse_endpoint(settings_.server);
    session.emplace(endpoint, login_for(role, command), interrupt_);
  }
  return *session;
}

Login Run::login_for(Role role, const Command& command) {
  if (role == Role::operator_) return {};
  if (role == Role::teller)
    return {role, 0, read_secret_file(settings_.teller_secret_file, interrupt_)};
  const std::int64_t account = account_of(command);
  if (!settings_.pin_file.empty()) {
    return {role, account, read_pin_file(settings_.pin_file, interrupt_)};
  }
  return {role, account,
          ask_pin("PIN of account " + std::to_string(account) + ": ", "--pin-file", interrupt_)};
}

std::int64_t Run::account_of(const Command& command) const {
  const auto account = command.account ? command.account : settings_.account;
  if (!account) throw UsageError("which account? give --account N");
  return *account;
}

Ending Run::carry(const Command& command, const Request& request) {
  Courier courier(session_for(command), interrupt_, settings_.retry_for,
                  [&](News news, const std::string& line) { announce(news, line, request); });
  Ending ending = courier.carry(request);
  if (ending.reply.is_error() && ending.reply.code() == "WRONGPASS") customer_.reset();
  return ending;
}

void Run::announce(News news, const std::string& line, const Request& request) {
  // JSON has the verdict. A wait is announced in any case, since its key may be needed later.
  if (settings_.json && news == News::cancelling) return;
  const std::string key = request.key.empty() ? "" : " (key " + request.key + ")";
  print_line(line + key, stderr);
}

void Run::change_pin(std::int64_t account, const Secret& pin) {
  if (customer_ && customer_->login().account == account) customer_->change_secret(pin);
}

std::string Run::shell_command(const Command& command, std::int64_t account,
                               const std::string& words) const {
  std::string line = "atm";
  const auto add = [&](const char* option, const std::string& value) {
    line += std::string(" ") + option + " " + shell_quoted(value);
  };
  const Role role = role_for(command.name, settings_);
  if (role == Role::operator_) {
    add("--admin-socket", settings_.admin_socket);
  } else if (settings_.server != Settings().server) {
    add("--server", settings_.server);
  }
  if (role == Role::operator_ || !settings_.as.empty()) add("--as", role_name(role));
  if (role == Role::teller) add("--teller-secret-file", settings_.teller_secret_file);
  if (role == Role::customer && !settings_.pin_file.empty()) add("--pin-file", settings_.pin_file);
  add("--account", std::to_string(account));
  return line + " " + words;
}

}  // namespace client
