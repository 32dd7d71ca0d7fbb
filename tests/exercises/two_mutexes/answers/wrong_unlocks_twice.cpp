// Wrong: unlocks by hand, and the entries unlock again what another transfer may own by then.
// Says: An account was overdrawn
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
  high.mutex.unlock();
  low.mutex.unlock();
  return true;
}
