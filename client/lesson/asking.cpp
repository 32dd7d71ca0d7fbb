#include "client/lesson/page.hpp"

namespace lesson {

void asking(Page& page) {
  page.not_written();
}

}  // namespace lesson
