#pragma once

/// Starts that the server refuses.

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/server/rig/folder.hpp"
#include "tests/server/rig/server_process.hpp"

inline bool is_one_line(const std::string& text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

/// The start failed, and standard error is one line that contains `why`.
inline void check_refused(const rig::Finished& run, int status, const std::string& why) {
  CAPTURE(run.err);
  CHECK(run.status == status);
  CHECK(run.out.empty());
  CHECK(is_one_line(run.err));
  CHECK(run.err.find(why) != run.err.npos);
}

inline std::vector<std::string> with(const rig::Folder& folder, std::vector<std::string> more) {
  std::vector<std::string> all = {"--data", folder.file("data"), "--listen", "127.0.0.1:0"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}
