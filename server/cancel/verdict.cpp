#include "server/cancel/verdict.hpp"

namespace cancel {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::cancelled:
      return "CANCELLED";
    case Verdict::already:
      return "ALREADY";
    case Verdict::too_late:
      return "TOOLATE";
    case Verdict::invalid:
      return "INVALIDHANDLE";
    case Verdict::unknown:
      return "UNKNOWN";
  }
  return "";
}

}  // namespace cancel
