# Writes C++ that holds source files as strings:
#   cmake -DROOT=DIR -DOUT=FILE -DLIST=FILE -P embed.cmake
# LIST names one file a line, from ROOT.
file(STRINGS "${LIST}" paths)
set(cpp "#include \"client/lesson/excerpt.hpp\"\n\nnamespace lesson {\n\nnamespace {\n\n")
string(APPEND cpp "const SourceFile files[] = {\n")
foreach(path IN LISTS paths)
  file(READ "${ROOT}/${path}" text)
  string(APPEND cpp "{\"${path}\", R\"embedded(${text})embedded\"},\n")
endforeach()
string(APPEND cpp "};\n\n}  // namespace\n\n")
string(APPEND cpp "std::span<const SourceFile> source_files() {\n  return files;\n}\n\n")
string(APPEND cpp "}  // namespace lesson\n")
file(WRITE "${OUT}" "${cpp}")
