#include "client/lesson/page.hpp"

namespace lesson {

void thread_data(Page& page) {
  page.not_written();
}

}  // namespace lesson
