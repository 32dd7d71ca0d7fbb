#include "client/terminal/event.hpp"

namespace client {

std::string Event::text() const {
  if (name == "admitted") {
    std::string text = detail(0) + " account " + detail(1);
    if (detail(2) != "0") text += " to " + detail(2);
    if (!detail(3).empty()) text += " key " + detail(3);
    return text + " by " + detail(5);
  }
  if (name == "waiting" && detail(0) == "lock") return "for account " + detail(1);
  if (name == "granted" || name == "released") return "account " + detail(1);
  if (name == "cancel") return "by " + detail(0) + (detail(1).empty() ? "" : ": ") + detail(1);
  if (name == "missed") return detail(0) + " events, as this client read too slowly";
  std::string text;
  for (const std::string& each : details) {
    // 0 means that there is no subject.
    if (each != "0") text += (text.empty() ? "" : " ") + each;
  }
  return name == "waiting" ? "for " + text : text;
}

}  // namespace client
