#include "server/commands/verdict.hpp"

#include <utility>

#include "server/bank/refusals.hpp"

namespace commands {
namespace {

using bank::Reply;

/// A verdict that waits for the end of its transaction, or of its time. The boss's thread.
struct LateVerdict {
  Client client;  // null once it has its answer
  Reply reply;
  std::function<void()> stop_timer;

  void send() {
    const Client waiting = std::exchange(client, nullptr);
    if (!waiting) return;
    stop_timer();
    waiting->deliver(reply);
  }
};

}  // namespace

Reply verdict_reply(cancel::Verdict verdict) {
  switch (verdict) {
    case cancel::Verdict::invalid:
      return Reply::error(bank::Code::invalid_handle,
                          "the transaction is not in flight; see TXN LIST");
    case cancel::Verdict::unknown:
      return Reply::error(bank::Code::unknown,
                          "the cancel could not be made final; ask STATUS, or cancel again");
    default:
      return Reply::status(std::string(name(verdict)));
  }
}

VerdictAnswer::VerdictAnswer(Server& server, Client client, const Arguments& asked)
    : server_(server),
      client_(std::move(client)),
      user_(client_->session()->user()),
      asked_(asked) {}

void VerdictAnswer::operator()(cancel::Verdict verdict,
                               const std::shared_ptr<bank::Transaction>& txn) const {
  server_.bank().counters.count(verdict);
  server_.events().record(bank::Event::cancel,
                          {{"handle", txn ? to_string(txn->handle()) : asked_.handle},
                           {"key", txn ? txn->arguments().key : asked_.key},
                           {"by", user_},
                           {"client", client_->id()},
                           {"reason", asked_.reason},
                           {"verdict", std::string(name(verdict))}});
  const Reply reply = verdict_reply(verdict);
  if (asked_.wait.count() == 0 || !txn) {
    client_->deliver(reply);
    return;
  }
  server_.post([server = &server_, client = client_, wait = asked_.wait, txn, reply] {
    const auto late = std::make_shared<LateVerdict>(LateVerdict{client, reply, {}});
    late->stop_timer = server->after(wait, [late] { late->send(); });
    txn->on_finished([server, late] { server->post([late] { late->send(); }); });
  });
}

}  // namespace commands
