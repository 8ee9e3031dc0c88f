# cmake -DNPM= -DFROM= -DTO= -P: copies a folder and installs what its lock file names, if it has not.
file(GLOB files ${FROM}/*.json ${FROM}/*.mjs ${FROM}/.npmrc ${FROM}/source ${FROM}/dist)
file(COPY ${files} DESTINATION ${TO})
file(SHA256 ${FROM}/package-lock.json wanted)
set(stamp ${TO}/node_modules/.installed)
if(EXISTS ${stamp})
  file(READ ${stamp} installed)
endif()
if("${installed}" STREQUAL "${wanted}")
  return()
endif()
execute_process(COMMAND ${NPM} ci --no-audit --no-fund --prefer-offline WORKING_DIRECTORY ${TO}
                COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${stamp} ${wanted})
