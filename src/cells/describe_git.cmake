# Writes OUTPUT, a header with `git describe` of SOURCE, and touches it only when it changes.
execute_process(COMMAND git describe --always --dirty --tags
                WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE description
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT description)
  set(description "unknown")
endif()
set(text "#define RECLAIM_GIT_DESCRIBE \"${description}\"\n")
set(previous "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} previous)
endif()
if(NOT previous STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
