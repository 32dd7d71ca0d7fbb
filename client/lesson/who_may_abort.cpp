#include "client/lesson/page.hpp"

namespace lesson {

void who_may_abort(Page& page) {
  page.not_written();
}

}  // namespace lesson
