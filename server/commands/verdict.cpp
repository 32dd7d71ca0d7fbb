#include "server/commands/verdict.hpp"

#include <utility>

namespace commands {
namespace {

/// A verdict that is sent when its transaction has ended or its time is up. The boss's thread.
struct LateVerdict {
  Client client;  // null once the verdict is sent
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
                          "the cancel could not be made durable; ask STATUS, or cancel again");
    default:
      return Reply::status(std::string(name(verdict)));
  }
}

OnVerdict record_verdict(Server& server, const Client& client, const Arguments& asked) {
  return [&server, client, asked, canceller = client->session()->user()](
             cancel::Verdict verdict, const std::shared_ptr<bank::Transaction>& txn) {
    server.events().record(bank::Event::cancel,
                           {{"handle", txn ? to_string(txn->handle()) : asked.handle},
                            {"account", txn ? txn->arguments().account : asked.account},
                            {"key", txn ? txn->arguments().key : asked.key},
                            {"by", canceller},
                            {"client", client->id()},
                            {"reason", asked.reason},
                            {"verdict", std::string(name(verdict))}});
  };
}

OnVerdict answer_with_verdict(Server& server, const Client& client, const Arguments& asked) {
  return [&server, client, asked, record = record_verdict(server, client, asked)](
             cancel::Verdict verdict, const std::shared_ptr<bank::Transaction>& txn) {
    server.bank().counters.count(verdict);
    record(verdict, txn);
    const Reply reply = verdict_reply(verdict);
    if (asked.wait.count() == 0 || !txn) {
      client->deliver(reply);
      return;
    }
    server.post([&server, client, wait = asked.wait, txn, reply] {
      const auto late = std::make_shared<LateVerdict>(LateVerdict{client, reply, {}});
      late->stop_timer = server.after(wait, [late] { late->send(); });
      txn->on_finished([&server, late] { server.post([late] { late->send(); }); });
    });
  };
}

}  // namespace commands
