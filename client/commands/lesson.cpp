#include "client/commands/handlers.hpp"

namespace client {

Report perform_lesson(Run&, const Command&) {
  return failed(exit_usage, "", "lesson is the first word after atm, outside a prompt: atm lesson");
}

}  // namespace client
