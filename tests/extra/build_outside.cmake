# Configures the project with the folder outside and builds what is tested of it, with the flags of
# the configuration that asks. Configured afresh each time: CMake's cache of another day proves nothing.
file(REMOVE ${BUILD}/CMakeCache.txt)
execute_process(COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
    -DCMAKE_BUILD_TYPE=${TYPE} -DRECLAIM_CHECKED=${CHECKED} -DRECLAIM_SANITIZE=${SANITIZE}
    -DRECLAIM_EXTRA=${OUTSIDE})
execute_process(COMMAND_ERROR_IS_FATAL ANY
  COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target conformance_guarded outside_test)
