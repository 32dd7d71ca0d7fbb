#include "client/lesson/page.hpp"

namespace lesson {

void elsewhere(Page& page) {
  page.not_written();
}

}  // namespace lesson
