#pragma once

/// What is to happen at the same time: one line of text, so that a violation can name it.
///
///     token: WITHDRAW 1 60 KEY a | TRANSFER 1 2 60 KEY b | cancel-handle 1
///
/// In the bank there are accounts 1, 2 and 3 with 100 cents each, of which account 1 has had 30 and
/// account 2 has had 10 by a deposit under the key `old`; account 1 has sent 20 to account 2 under
/// the key `sent`. Requests arrive in the order of the plan. Each part is an actor with a thread of
/// its own:
///
///     COMMAND …           a request, carried out by a worker
///     cancel-handle N     the operator cancels the Nth actor's request by its handle
///     cancel-key A K      the customer cancels a key, whether its request has arrived or not
///     deadline N          the Nth actor's request runs out of time
///     lost N              its connection is lost: it is cancelled, and nobody hears its reply
///     freeze A            the operator freezes an account
///     status A K          STATUS of a key

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
/// Throws std::invalid_argument if the text is no plan.
Plan parse_plan(std::string_view text);

/// A command in capitals is a request.
bool is_request(const std::string& actor);

}  // namespace interleavings
