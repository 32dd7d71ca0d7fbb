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
    case What::await:
      return "await";
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
    case What::happen:
      return "let happen";
    case What::remark:
      return "at";
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

}  // namespace

bool conflict(const Touch& a, const Step& b) {
  if (b.everything) return true;
  for (const Touch& other : b.touches) {
    if (other.object == 0) break;
    if (touch_conflict(a, other)) return true;
  }
  return false;
}

bool conflict(const Step& a, const Step& b) {
  if (a.thread == b.thread || a.everything || b.everything) return true;
  for (const Touch& one : a.touches) {
    if (one.object == 0) break;
    if (conflict(one, b)) return true;
  }
  return false;
}

namespace {

std::string thread_name(int thread, const Names& names) {
  return names.threads.at(static_cast<std::size_t>(thread));
}

std::string object_name(Object object, const Names& names) {
  const auto named = names.objects.find(object);
  return named == names.objects.end() ? "#" + std::to_string(object) : "[" + named->second + "]";
}

/// Without the thread's own name.
std::string what_it_does(const Step& step, const Names& names) {
  if (step.what == What::remark) return "── " + std::string(step.place);
  std::string text = step.what == What::access ? name(step.touches[0].how) : name(step.what);
  if (step.what == What::wake) text += std::string(", ") + name(step.woken) + ", on";
  for (const Touch& touch : step.touches) {
    if (touch.object > 0) text += " " + object_name(touch.object, names);
    if (touch.object < 0 && thread_of(touch.object) != step.thread) {
      text += " " + thread_name(thread_of(touch.object), names);
    }
  }
  return text;
}

/// The width in print: a character may take several bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

}  // namespace

std::string describe(const Step& step, const Names& names) {
  return thread_name(step.thread, names) + ": " + what_it_does(step, names);
}

std::string columns(const std::vector<Step>& steps, const Names& names) {
  std::vector<std::size_t> widths;
  for (const std::string& name : names.threads) widths.push_back(name.size());
  for (const Step& step : steps) {
    auto& width = widths.at(static_cast<std::size_t>(step.thread));
    width = std::max(width, width_of(what_it_does(step, names)));
  }
  std::string text;
  const auto add_row = [&](const auto& cell) {
    std::string row;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      std::string written = cell(i);
      written.append(widths[i] - width_of(written), ' ');
      row += (i == 0 ? "" : " | ") + written;
    }
    text += row.substr(0, row.find_last_not_of(" |") + 1) + "\n";
  };
  add_row([&](std::size_t i) { return names.threads[i]; });
  for (const Step& step : steps) {
    add_row([&](std::size_t i) {
      const bool own = i == static_cast<std::size_t>(step.thread);
      return own ? what_it_does(step, names) : std::string();
    });
  }
  return text;
}

}  // namespace explore
