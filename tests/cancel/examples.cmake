# Runs an example and checks what it prints: cmake -DEXAMPLE=… -DMECHANISM=… -DPRINTS=… -P this.
execute_process(COMMAND ${EXAMPLE} ${MECHANISM} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${EXAMPLE} ${MECHANISM} ended with ${status}:\n${printed}")
endif()
if(NOT printed MATCHES "${PRINTS}")
  message(FATAL_ERROR "${EXAMPLE} ${MECHANISM} printed\n${printed}which is not\n${PRINTS}")
endif()
