#pragma once

#include "server/cancel/mutex.hpp"
#include "server/cancel/request.hpp"

struct Account {
  Account(std::int64_t its_number, int its_cents)
      : number(its_number), mutex({"unlock account", "stop waiting"}, number), cents(its_cents) {}
  const std::int64_t number;
  cancel::CancellableMutex mutex;
  int cents;  // the owner of the mutex may use it
};

/// The cancellation points of a transfer, in their order.
enum Point : cancel::PointIndex { queued, locked, modified };

/// Moves the cents. Returns false, and changes nothing, if there are fewer. Passes `locked` when it
/// owns both mutexes, and `modified` when it has decided that there is enough. Then comes the point
/// of no return, and the change, which it records as committed. The request's own thread.
bool transfer(cancel::Request& request, Account& from, Account& to, int cents);
