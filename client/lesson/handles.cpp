#include "client/lesson/page.hpp"

namespace lesson {

void handles(Page& page) {
  page.not_written();
}

}  // namespace lesson
