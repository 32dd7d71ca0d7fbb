#include "client/commands/verdict.hpp"

namespace client {

std::string verdict_in_words(const Reply& verdict) {
  const auto code = verdict.code();
  if (code == "CANCELLED") return "cancelled: nothing was changed, nor will be";
  if (code == "ALREADY") return "it had been cancelled before: nothing was changed, nor will be";
  if (code == "TOOLATE") return "too late to cancel: it was past the point of no return";
  if (code == "INVALIDHANDLE") return "nothing to cancel: no such transaction is in flight";
  if (code == "UNKNOWN") return "whether it was cancelled is not known yet";
  return "not cancelled: " + verdict.spelled();
}

}  // namespace client
