#include "transfer.hpp"

// Moves the money, as long as no thread comes between and no cancel does.
bool transfer(cancel::Request& request, Account& from, Account& to, int cents) {
  from.mutex.lock(request);
  to.mutex.lock(request);
  cancel::pass(locked);
  if (from.cents < cents) {
    to.mutex.unlock();
    from.mutex.unlock();
    return false;
  }
  cancel::pass(modified);
  request.point_of_no_return();
  from.cents -= cents;
  to.cents += cents;
  request.record_outcome(cancel::Stage::committed);
  to.mutex.unlock();
  from.mutex.unlock();
  return true;
}
