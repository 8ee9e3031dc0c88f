# What makes a cold build bearable: most of a translation unit's time goes into reading and
# instantiating the same foreign headers. Four precompiled headers, one for each set of flags:
#   models            the standard library                      models/, every instance
#   model_tests       and GoogleTest                            tests that compile models
#   laboratory        the standard library, fmt, json           cells, report, cli, trace
#   laboratory_tests  and GoogleTest                            tests of those
# No header of the tree is in one: a change recompiles what it always did. A precompiled header hides
# a missing #include; tests/headers compiles every header of src/ and models/ alone, without any.
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without them. Under ccache they want
# CCACHE_SLOPPINESS=pch_defines,time_macros.
#
# Only models, workloads and what drives them are measured. The laboratory around them is built with
# -O1 and its tests with -O0, in every optimised build: half of their compile time, nothing to measure.
# Tests that compile models for themselves do so with -O1; what is shipped, the instances, is tested as
# it is by tests/workloads.
# Sanitized builds, in which nothing is measured, optimise models and instances only, at -O1.

function(reclaim_add_precompiled name)
  cmake_parse_arguments(P "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  set(unit ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT "// Generated: what the precompiled header hangs on.\n")
  add_library(reclaim_precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${unit})
  target_link_libraries(reclaim_precompiled_${name} PRIVATE reclaim_options ${P_LIBRARIES})
  set_property(TARGET reclaim_precompiled_${name} PROPERTY COMPILE_OPTIONS ${P_OPTIONS})
  target_precompile_headers(reclaim_precompiled_${name} PRIVATE ${P_HEADERS})
endfunction()

# reclaim_precompiled(TARGET GROUP): the target has the group's header, flags and libraries.
function(reclaim_precompiled target group)
  get_property(libraries TARGET reclaim_precompiled_${group} PROPERTY LINK_LIBRARIES)
  get_property(options TARGET reclaim_precompiled_${group} PROPERTY COMPILE_OPTIONS)
  target_link_libraries(${target} PRIVATE ${libraries})
  target_compile_options(${target} PRIVATE ${options})
  target_precompile_headers(${target} REUSE_FROM reclaim_precompiled_${group})
endfunction()

set(standard <algorithm> <array> <atomic> <bit> <charconv> <chrono> <cmath> <concepts>
             <condition_variable> <cstdint> <cstdio> <cstdlib> <cstring> <deque> <filesystem>
             <fstream> <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream>
             <string> <string_view> <thread> <tuple> <utility> <vector>)
set(laboratory <fmt/format.h> <nlohmann/json.hpp>)
set(laboratory_libraries fmt::fmt nlohmann_json::nlohmann_json)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(lightly OPTIONS -O1)
  set(not_at_all OPTIONS -O0)
  set(model_tests OPTIONS -O1)
endif()
if(RECLAIM_SANITIZE)
  set(lightly OPTIONS -O0)
  set(model_tests OPTIONS -O0)
endif()

reclaim_add_precompiled(models HEADERS ${standard})
reclaim_add_precompiled(model_tests HEADERS ${standard} <gtest/gtest.h> LIBRARIES GTest::gtest
                        ${model_tests})
reclaim_add_precompiled(laboratory HEADERS ${standard} ${laboratory}
                        LIBRARIES ${laboratory_libraries} ${lightly})
reclaim_add_precompiled(laboratory_tests HEADERS ${standard} ${laboratory} <gtest/gtest.h>
                        LIBRARIES ${laboratory_libraries} GTest::gtest ${not_at_all})
