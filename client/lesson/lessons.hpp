#pragma once

/// The table of lessons, and the function of each. A lesson is one file named after its function.

#include <span>
#include <string>
#include <string_view>

namespace lesson {

class Page;

void three_policies(Page& page);
void cleanup_stacks(Page& page);
void fourteen_steps(Page& page);
void point_of_no_return(Page& page);
void who_may_abort(Page& page);
void waiting(Page& page);
void libraries(Page& page);
void handles(Page& page);
void asking(Page& page);
void barriers(Page& page);
void priorities(Page& page);
void thread_data(Page& page);
void cost(Page& page);
void elsewhere(Page& page);

struct Lesson {
  int number;
  std::string_view name;  // of the function, and of the file without .cpp
  std::string_view title;
  int minutes;
  void (*run)(Page&);

  /// The path of its file in the source tree.
  std::string source() const { return "client/lesson/" + std::string(name) + ".cpp"; }
};

std::span<const Lesson> lessons();

/// Returns the lesson with this number or name, or null.
const Lesson* find_lesson(std::string_view number_or_name);

}  // namespace lesson
