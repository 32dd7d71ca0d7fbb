#include "tests/server/rig/site.hpp"

#include <csignal>

#include "tests/server/rig/patience.hpp"

namespace rig {
namespace {

void expect_ok(const Reply& reply) {
  if (show(reply) != "+OK") throw std::runtime_error("not +OK: " + show(reply));
}

std::int64_t expect_number(const Reply& reply) {
  if (reply.type != ':') throw std::runtime_error("no number: " + show(reply));
  return reply.number;
}

}  // namespace

Site::Site(std::vector<std::string> options, std::vector<std::string> environment)
    : options_(std::move(options)), environment_(std::move(environment)) {
  folder_.write("teller", std::string(teller_secret) + "\n");
  start();
}

void Site::start(std::optional<std::vector<std::string>> options) {
  if (options) options_ = std::move(*options);
  std::vector<std::string> all = {"--teller-secret-file", folder_.file("teller")};
  all.insert(all.end(), options_.begin(), options_.end());
  operator_.reset();
  server_.reset();
  server_.emplace(folder_.path(), all, environment_);
  operator_ = local();
}

int Site::stop() {
  server_->signal(SIGTERM);
  return server_->wait_exit();
}

Client Site::customer(std::int64_t account, const std::string& pin) const {
  Client client = guest();
  expect_ok(client("AUTH", account, pin));
  return client;
}

Client Site::teller() const {
  Client client = guest();
  expect_ok(client("AUTH", "teller", teller_secret));
  return client;
}

std::int64_t Site::open(std::int64_t balance, const std::string& pin) {
  return expect_number(balance == 0 ? op()("CREATE", pin)
                                    : op()("CREATE", pin, "BALANCE", balance));
}

std::int64_t Site::balance(std::int64_t account) {
  return expect_number(op()("BALANCE", account));
}

std::int64_t Site::info(const std::string& name) {
  const std::string text = "\n" + op()("INFO").text;
  const std::size_t at = text.find("\n" + name + ":");
  if (at == text.npos) throw std::runtime_error("INFO has no " + name);
  return std::stoll(text.substr(at + name.size() + 2));
}

std::string Site::outcome(std::int64_t account, const std::string& key) {
  return op()("STATUS", account, key)["outcome"].text;
}

std::vector<Reply> Site::in_flight() {
  return op()("TXN", "LIST").elements;
}

Reply Site::await_row(const std::function<bool(const Reply&)>& is_it, const std::string& what) {
  Reply found;
  wait_until(
      [&] {
        for (const Reply& row : in_flight()) {
          if (!is_it(row)) continue;
          found = row;
          return true;
        }
        return false;
      },
      what);
  return found;
}

std::string Site::await_held(const std::string& point) {
  const Reply row = await_row(
      [&](const Reply& seen) {
        return seen["point"].text == point && seen["waiting"].text == "hold";
      },
      "a transaction held at " + point);
  return row["handle"].text;
}

void Site::await_quiet() {
  wait_until([&] { return info("live_requests") == 0; }, "nothing in flight");
}

std::string Site::left_behind() {
  await_quiet();
  return "requests " + std::to_string(info("live_requests")) + ", buffers " +
         std::to_string(info("live_buffers")) + ", locks " + std::to_string(info("held_locks"));
}

}  // namespace rig
