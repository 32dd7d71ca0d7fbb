#pragma once

/// Asks the server, as its operator, for what the judge needs. Sends no transaction, which a hold
/// might stop, except audit().

#include "client/lesson/mistakes/judge.hpp"
#include "client/wire/session.hpp"

namespace lesson {

/// Returns the transactions in flight with their mutexes, and some counters.
Look look(client::Session& session);
/// Returns the outcome of a key: committed, cancelled, running or none.
std::string outcome(client::Session& session, const Key& key);
bool has_holds(client::Session& session);
/// Returns the number of violations that an audit finds. It is a transaction: a hold stops it.
std::int64_t audit(client::Session& session);

}  // namespace lesson
