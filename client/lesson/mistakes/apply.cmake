# Writes the patched copy of one source file:
#   cmake -DROOT=DIR -DFILE=server/… -DPATCH=FILE -DOUT=DIR -P apply.cmake
# The copy is OUT/FILE. Only git reads these patches as tests/prove/mistakes/run does.
get_filename_component(folder "${OUT}/${FILE}" DIRECTORY)
file(MAKE_DIRECTORY "${folder}")
file(COPY_FILE "${ROOT}/${FILE}" "${OUT}/${FILE}")
# If the copy is inside a repository, git would resolve the paths in that repository.
get_filename_component(ceiling "${OUT}" DIRECTORY)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env "GIT_CEILING_DIRECTORIES=${ceiling}" git apply -p1 "${PATCH}"
  WORKING_DIRECTORY "${OUT}"
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "git cannot apply ${PATCH}: ${status}")
endif()
