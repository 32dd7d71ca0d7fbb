#include "client/lesson/page.hpp"

namespace lesson {

void point_of_no_return(Page& page) {
  page.not_written();
}

}  // namespace lesson
