#include "server/seam/mutex.hpp"

namespace seam {

Mutex::~Mutex() {
  pthread_mutex_destroy(&native_);
}

void Mutex::lock(Part part) {
  if (scheduler != nullptr) scheduler->acquire(this, part);
  pthread_mutex_lock(&native_);
}

void Mutex::unlock() {
  pthread_mutex_unlock(&native_);
  if (scheduler != nullptr) scheduler->release(this);
}

}  // namespace seam
