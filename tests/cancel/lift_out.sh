#!/bin/sh
# Proves that server/cancel and server/seam stand alone: builds and runs them in an empty project.
# lift_out.sh SOURCE_ROOT CMAKE [a CMake argument ...]
set -eu
root=$1
cmake=$2
shift 2
lifted=$(mktemp -d)
trap 'rm -rf "$lifted"' EXIT INT TERM
# The folder has another name each time; what was compiled before need not be compiled again.
export CCACHE_BASEDIR="$lifted" CCACHE_NOHASHDIR=1
mkdir "$lifted/server"
cp -R "$root/server/cancel" "$root/server/seam" "$lifted/server"
cat > "$lifted/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.22)
project(lifted LANGUAGES CXX)
add_subdirectory(server/seam)
add_subdirectory(server/cancel)
PROJECT
"$cmake" -S "$lifted" -B "$lifted/build" "$@" > "$lifted/log" 2>&1 &&
  "$cmake" --build "$lifted/build" --target search --parallel 2 >> "$lifted/log" 2>&1 || {
  cat "$lifted/log"
  exit 1
}
for mechanism in token posix; do
  "$lifted/build/server/cancel/search" "$mechanism" | grep "3 searches were cancelled"
done
