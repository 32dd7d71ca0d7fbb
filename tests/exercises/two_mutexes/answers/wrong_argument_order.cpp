// Wrong: locks in the order of the arguments.
// Says: wait for each other's mutex for ever
#include "transfer.hpp"

namespace {

void unlock(void* mutex) noexcept {
  static_cast<cancel::CancellableMutex*>(mutex)->unlock();
}

}  // namespace

bool transfer(cancel::Request& request, Account& from, Account& to, int cents) {
  from.mutex.lock(request);
  cancel::Cleanup unlock_from(request, {"unlock account", from.number}, &unlock, &from.mutex);
  to.mutex.lock(request);
  cancel::Cleanup unlock_to(request, {"unlock account", to.number}, &unlock, &to.mutex);
  cancel::pass(locked);
  if (from.cents < cents) return false;
  cancel::pass(modified);
  request.point_of_no_return();
  from.cents -= cents;
  to.cents += cents;
  request.record_outcome(cancel::Stage::committed);
  return true;
}
