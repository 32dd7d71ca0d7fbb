#pragma once

/// The wire's view of the server above it. The boss implements it.

#include <memory>
#include <string>
#include <vector>

#include "server/bank/reply.hpp"

namespace wire {

class Connection;

/// The event loop's thread makes all calls, except where stated. None may block.
class Service {
 public:
  virtual ~Service() = default;
  /// Executes one command of the client: answers it before it returns, or announces a later answer
  /// with Connection::answered_later() or answered_by(). `words` has at least one element.
  virtual void execute(const std::shared_ptr<Connection>& client,
                       std::vector<std::string> words) = 0;
  /// The connection is closed: it will execute nothing more, and no reply can reach its client.
  virtual void closed(Connection& client) = 0;
  /// An error was delivered to the client. Any thread.
  virtual void answered_with_error(const Connection& client, const bank::Reply::Error& error) = 0;
};

}  // namespace wire
