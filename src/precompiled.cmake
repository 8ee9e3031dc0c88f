# What makes a cold build bearable: most of a translation unit's time goes into reading and
# instantiating the same foreign headers. So
#   models, processes, every instance  share a precompiled header of the standard library,
#   tests that compile models          one that has GoogleTest, too,
#   the laboratory (measure, trace, report, cells, cli) and its tests are compiled eight files at a
#                               time: reading and instantiating json costs more than most of their files,
#                               and a precompiled header of it (120 MB) costs more to load than it saves.
# Whoever works on the laboratory may want -DRECLAIM_TOGETHER=1: each file by itself.
# No header of the tree is precompiled: a change recompiles what it always did. Both ways hide a missing
# #include: tests/headers compiles alone every header that models and workloads are made of.
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without precompiled headers. Under ccache they want
# CCACHE_SLOPPINESS=pch_defines,time_macros.
#
# Only models, workloads and what drives them are measured. The laboratory around them is built with
# -O1 and its tests with -O0, in every optimised build: half of their compile time, nothing to measure.
# Tests that compile models for themselves do so with -O1; what is shipped, the instances, is tested as
# it is by tests/workloads.
# Sanitized builds, in which nothing is measured, optimise models and instances only, at -O1.

set(RECLAIM_TOGETHER 8 CACHE STRING "Files of the laboratory that are compiled together")

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
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(lightly -O1)
  set(not_at_all -O0)
  set(model_tests OPTIONS -O1)
endif()
if(RECLAIM_SANITIZE)
  set(lightly -O0)
  set(model_tests OPTIONS -O0)
endif()

reclaim_add_precompiled(models HEADERS ${standard})
reclaim_add_precompiled(model_tests HEADERS ${standard} <gtest/gtest.h> LIBRARIES GTest::gtest
                        ${model_tests})

# reclaim_laboratory(TARGET [TEST])
function(reclaim_laboratory target)
  cmake_parse_arguments(L "TEST" "" "" ${ARGN})
  target_link_libraries(${target} PRIVATE fmt::fmt nlohmann_json::nlohmann_json)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${RECLAIM_TOGETHER})
  if(L_TEST)
    target_compile_options(${target} PRIVATE ${not_at_all})
  else()
    target_compile_options(${target} PRIVATE ${lightly})
  endif()
endfunction()
