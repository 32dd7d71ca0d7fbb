#include "client/lesson/page.hpp"

namespace lesson {

void fourteen_steps(Page& page) {
  page.not_written();
}

}  // namespace lesson
