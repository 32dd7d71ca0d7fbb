// Right: locks in one order for all, pushes after each grant, unlocks in reverse.
#include "transfer.hpp"

namespace {

void unlock(void* mutex) noexcept {
  static_cast<cancel::CancellableMutex*>(mutex)->unlock();
}

}  // namespace

bool transfer(cancel::Request& request, Account& from, Account& to, int cents) {
  Account& low = from.number < to.number ? from : to;
  Account& high = from.number < to.number ? to : from;
  low.mutex.lock(request);
  cancel::Cleanup unlock_low(request, {"unlock account", low.number}, &unlock, &low.mutex);
  high.mutex.lock(request);
  cancel::Cleanup unlock_high(request, {"unlock account", high.number}, &unlock, &high.mutex);
  cancel::pass(locked);
  if (from.cents < cents) return false;
  cancel::pass(modified);
  request.point_of_no_return();
  from.cents -= cents;
  to.cents += cents;
  request.record_outcome(cancel::Stage::committed);
  unlock_high.pop(true);
  unlock_low.pop(true);
  return true;
}
