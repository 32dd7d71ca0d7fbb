# The forty lines that a document shows are those that are compiled and run: byte for byte.
# cmake -DDOCUMENT=… -DEXAMPLE=… -P this
file(READ ${DOCUMENT} document)
file(READ ${EXAMPLE} example)
string(FIND "${document}" "```cpp\n${example}```\n" at)
if(at EQUAL -1)
  message(FATAL_ERROR "${DOCUMENT} does not show ${EXAMPLE} as it is")
endif()
