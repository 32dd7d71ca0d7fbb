#pragma once

/// Answers a client's cancel with its verdict.

#include <chrono>
#include <memory>

#include "server/bank/transaction.hpp"
#include "server/commands/arguments.hpp"
#include "server/commands/server.hpp"

namespace commands {

/// Returns the reply to a cancel: a status, or -INVALIDHANDLE, or -UNKNOWN. Pure; any thread.
bank::Reply verdict_reply(cancel::Verdict verdict);

/// Takes the verdict of one cancel, counts it, logs it, and sends it to the client: at once or,
/// with a wait, when the transaction's handle is gone or the time has run out. Any thread; never
/// blocks.
class VerdictAnswer {
 public:
  /// The words of the cancel: its handle or key, its reason, its wait. The boss's thread.
  VerdictAnswer(Server& server, Client client, const Arguments& asked);
  /// `txn` is null if no transaction was in flight.
  void operator()(cancel::Verdict verdict, const std::shared_ptr<bank::Transaction>& txn) const;

 private:
  Server& server_;
  const Client client_;
  const std::string user_;  // of the canceller
  const Arguments asked_;
};

}  // namespace commands
