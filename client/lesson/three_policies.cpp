#include "client/lesson/page.hpp"

namespace lesson {

void three_policies(Page& page) {
  page.not_written();
}

}  // namespace lesson
