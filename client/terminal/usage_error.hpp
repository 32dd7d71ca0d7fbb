#pragma once

#include <stdexcept>

namespace client {

/// The command lacks something that the user has to give, such as a PIN. what() is one line that
/// says what.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace client
