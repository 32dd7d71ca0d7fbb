#include "client/lesson/lessons.hpp"

#include <algorithm>

namespace lesson {

namespace {

// clang-format off
constexpr Lesson table[] = {
    {1, "three_policies", "Three policies", 10, three_policies},
    {2, "cleanup_stacks", "Cleanup stacks", 10, cleanup_stacks},
    {3, "fourteen_steps", "A deposit in fourteen steps", 15, fourteen_steps},
    {4, "point_of_no_return", "The point of no return", 15, point_of_no_return},
    {5, "who_may_abort", "Who may abort?", 10, who_may_abort},
    {6, "waiting", "Waiting is not cancellable by itself", 15, waiting},
    {7, "libraries", "Libraries you do not control", 15, libraries},
    {8, "handles", "Handles, not pointers", 10, handles},
    {9, "asking", "Asking instead of killing", 15, asking},
    {10, "barriers", "Barriers", 15, barriers},
    {11, "priorities", "Priorities", 10, priorities},
    {12, "thread_data", "Thread-specific data", 10, thread_data},
    {13, "cost", "The cost of cancellation", 10, cost},
    {14, "elsewhere", "The same mistake elsewhere", 15, elsewhere},
};
// clang-format on

}  // namespace

std::span<const Lesson> lessons() {
  return table;
}

const Lesson* find_lesson(std::string_view number_or_name) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const Lesson& lesson) {
    return lesson.name == number_or_name || std::to_string(lesson.number) == number_or_name;
  });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace lesson
