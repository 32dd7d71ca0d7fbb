#pragma once

/// A plan: the things that happen at the same time, as one line of text that a violation can name.
///
///     token: WITHDRAW 1 60 KEY a | TRANSFER 1 2 60 KEY b | cancel-handle 1
///
/// The bank has accounts 1, 2 and 3 with 100 cents each. Earlier, account 1 received 30 and account
/// 2 received 10 by deposits with the key `old`, and account 1 sent 20 to account 2 with the key
/// `sent`. Requests arrive in the order of the plan. Each actor has a thread of its own:
///
///     COMMAND …           a request, carried out by a worker
///     cancel-handle N     the operator cancels the Nth actor's request by its handle
///     cancel-key A K      the customer cancels key K of account A, arrived or not
///     deadline N          the deadline of the Nth actor's request expires
///     lost N              its connection is lost: it is cancelled, and its reply is discarded
///     freeze A            the operator freezes an account
///     status A K          the customer asks for the status of a key
///     disk-refuses N      no thread: the disk refuses the Nth commit of the run
///     disk-fails N DONE   no thread: the Nth COMMIT itself fails. After a restart its changes are
///                         found stored if DONE is `done`, and not if it is `undone`

#include <string>
#include <string_view>
#include <vector>

#include "server/cancel/request.hpp"

namespace interleavings {

struct Plan {
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  std::vector<std::string> actors;
  bool sqlite = false;  // "sqlite token: …": over a ledger in a file
};

std::string to_string(const Plan& plan);
/// Throws std::invalid_argument if the text is not a plan.
Plan parse_plan(std::string_view text);

/// Returns whether it matters when the requests arrive: to actors that look for requests by key or
/// account, and to requests that share a key.
bool arrivals_matter(const Plan& plan);

/// Requests are in capitals.
bool is_request(const std::string& actor);

}  // namespace interleavings
