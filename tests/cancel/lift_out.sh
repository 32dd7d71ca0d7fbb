#!/bin/sh
# Proves that server/cancel and server/seam can be used alone: builds and installs them in
# an empty project, and builds and runs an example in a second project that finds the package.
# lift_out.sh SOURCE_ROOT CMAKE [a CMake argument ...]
set -eu
root=$1
cmake=$2
shift 2
lifted=$(mktemp -d)
trap 'rm -rf "$lifted"' EXIT INT TERM
# The folder's name differs each time; ccache is to find what it compiled before.
export CCACHE_BASEDIR="$lifted" CCACHE_NOHASHDIR=1

mkdir -p "$lifted/library/server" "$lifted/user"
cp -R "$root/server/cancel" "$root/server/seam" "$lifted/library/server"
cat > "$lifted/library/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.22)
project(library LANGUAGES CXX)
add_subdirectory(server/seam)
add_subdirectory(server/cancel)
PROJECT
cp "$root/server/cancel/example/search.cpp" "$lifted/user"
cat > "$lifted/user/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES CXX)
find_package(cancel REQUIRED)
add_executable(search search.cpp)
target_link_libraries(search PRIVATE cancel::cancel)
PROJECT

build_and_run() {
  "$cmake" -S "$lifted/library" -B "$lifted/built" "$@"
  "$cmake" --build "$lifted/built" --target cancel --parallel 2
  "$cmake" --install "$lifted/built" --component cancel --prefix "$lifted/installed"
  rm -r "$lifted/library" "$lifted/built"  # the package must not need them
  "$cmake" -S "$lifted/user" -B "$lifted/user-built" "-DCMAKE_PREFIX_PATH=$lifted/installed" "$@"
  "$cmake" --build "$lifted/user-built"
  for mechanism in token posix; do
    "$lifted/user-built/search" "$mechanism" | grep "3 searches were cancelled"
  done
}
(set -e; build_and_run "$@") > "$lifted/log" 2>&1 || {
  cat "$lifted/log"
  exit 1
}
