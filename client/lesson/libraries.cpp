#include "client/lesson/page.hpp"

namespace lesson {

void libraries(Page& page) {
  page.not_written();
}

}  // namespace lesson
