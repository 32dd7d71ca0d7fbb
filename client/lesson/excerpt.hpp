#pragma once

/// Excerpts from the source files that this program was built from. They are part of the program,
/// so an excerpt and its line numbers are those of the code that runs.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lesson {

/// One file of the source tree, as it was at the build.
struct SourceFile {
  std::string_view path;  // from the root of the tree
  std::string_view text;
};

/// Generated at the build by embed.cmake.
std::span<const SourceFile> source_files();

struct CodeLine {
  int number;
  std::string_view text;
};

/// Returns the lines of a file. Throws std::out_of_range if the file is not part of the program.
std::vector<CodeLine> lines_of(std::string_view path);

/// Returns the definition of a function, class or enum: from the line that names it to its closing
/// brace. Throws std::out_of_range if the file does not define it.
std::vector<CodeLine> definition(std::string_view path, std::string_view name);

}  // namespace lesson
