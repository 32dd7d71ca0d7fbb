#include "client/commands/request.hpp"

#include <sodium.h>

namespace client {

Request::~Request() {
  for (std::string& word : command) sodium_memzero(word.data(), word.size());
}

}  // namespace client
