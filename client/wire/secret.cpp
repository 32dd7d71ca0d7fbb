#include "client/wire/secret.hpp"

#include <sodium.h>

namespace client {

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

void Secret::wipe() noexcept {
  sodium_memzero(text_.data(), text_.size());
}

}  // namespace client
