# Compiles each header of PATTERN by itself; all of them, so that one run tells everything.
file(GLOB headers ${PATTERN})
if(NOT headers)
  message(FATAL_ERROR "no headers: ${PATTERN}")
endif()
foreach(header ${headers})
  execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -DRECLAIM_CHECKED=0 -I${ROOT}/src
    -I${ROOT} -include ${header} -x c++ /dev/null RESULT_VARIABLE failed)
  if(failed)
    message(SEND_ERROR "does not compile alone: ${header}")
  endif()
endforeach()
