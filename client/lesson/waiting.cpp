#include "client/lesson/page.hpp"

namespace lesson {

void waiting(Page& page) {
  page.not_written();
}

}  // namespace lesson
