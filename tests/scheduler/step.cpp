#include "tests/scheduler/step.hpp"

#include <algorithm>

namespace explore {
namespace {

bool touch_conflict(const Touch& a, const Touch& b) {
  if (a.object == 0 || a.object != b.object) return false;
  if (a.part != b.part && a.part != seam::whole && b.part != seam::whole) return false;
  return a.how != b.how || a.how == seam::Access::write || a.how == seam::Access::update;
}

const char* name(What what) {
  switch (what) {
    case What::access:
      return "access";
    case What::acquire:
      return "acquire";
    case What::wake:
      return "wake";
    case What::await_cancel:
      return "await its cancel";
    case What::cancel:
      return "cancel";
    case What::join:
      return "join";
    case What::enter:
      return "enter";
    case What::release:
      return "release";
    case What::wait:
      return "wait";
    case What::notify:
      return "notify";
    case What::create:
      return "create";
    case What::leave:
      return "leave";
  }
  return "";
}

const char* name(seam::Access how) {
  switch (how) {
    case seam::Access::read:
      return "read";
    case seam::Access::write:
      return "write";
    case seam::Access::update:
      return "update";
    case seam::Access::add:
      return "add";
  }
  return "";
}

const char* name(seam::Woken woken) {
  switch (woken) {
    case seam::Woken::notified:
      return "notified";
    case seam::Woken::timed_out:
      return "timed out";
    case seam::Woken::cancelled:
      return "cancelled";
  }
  return "";
}

std::string name_of(int thread, const std::vector<std::string>& names) {
  return names.at(static_cast<std::size_t>(thread));
}

}  // namespace

bool conflict(const Step& a, const Step& b) {
  if (a.thread == b.thread || a.everything || b.everything) return true;
  for (const Touch& one : a.touches) {
    if (one.object == 0) break;
    for (const Touch& other : b.touches) {
      if (other.object == 0) break;
      if (touch_conflict(one, other)) return true;
    }
  }
  return false;
}

namespace {

/// Without the thread's own name.
std::string what_it_does(const Step& step, const std::vector<std::string>& thread_names) {
  std::string text = step.what == What::access ? name(step.touches[0].how) : name(step.what);
  if (step.what == What::wake) text += std::string(", ") + name(step.woken) + ", on";
  for (const Touch& touch : step.touches) {
    if (touch.object > 0) text += " #" + std::to_string(touch.object);
    if (touch.object < 0 && thread_of(touch.object) != step.thread) {
      text += " " + name_of(thread_of(touch.object), thread_names);
    }
  }
  return text;
}

}  // namespace

std::string describe(const Step& step, const std::vector<std::string>& thread_names) {
  return name_of(step.thread, thread_names) + ": " + what_it_does(step, thread_names);
}

std::string columns(const std::vector<Step>& steps, const std::vector<std::string>& thread_names) {
  std::vector<std::size_t> widths;
  for (const std::string& name : thread_names) widths.push_back(name.size());
  for (const Step& step : steps) {
    auto& width = widths.at(static_cast<std::size_t>(step.thread));
    width = std::max(width, what_it_does(step, thread_names).size());
  }
  std::string text;
  const auto add_row = [&](const auto& cell) {
    std::string row;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      std::string written = cell(i);
      written.resize(widths[i], ' ');
      row += (i == 0 ? "" : " | ") + written;
    }
    text += row.substr(0, row.find_last_not_of(" |") + 1) + "\n";
  };
  add_row([&](std::size_t i) { return thread_names[i]; });
  for (const Step& step : steps) {
    add_row([&](std::size_t i) {
      const bool own = i == static_cast<std::size_t>(step.thread);
      return own ? what_it_does(step, thread_names) : std::string();
    });
  }
  return text;
}

}  // namespace explore
