#include "bench/support.h"

#include <cstdio>

#include "cells/allocators.h"
#include "cells/build_info.h"

namespace reclaim::bench {

bool initialize(int* argc, char** argv) {
  benchmark::Initialize(argc, argv);
  if (benchmark::ReportUnrecognizedArguments(*argc, argv)) return false;
  const cells::BuildInfo& build = cells::build_info();
  // Debian's library reports its own build type, whatever ours is.
  benchmark::AddCustomContext("reclaim_git", build.git);
  benchmark::AddCustomContext("reclaim_build",
                              build.type + " " + build.compiler + " " + build.flags);
  benchmark::AddCustomContext("malloc", cells::malloc_owner() + " " + cells::malloc_version());
  if (build.checked || !build.sanitizer.empty() || build.type != "Release") {
    std::fprintf(stderr, "warning: this build is %s%s%s: its times mean nothing\n",
                 build.type.c_str(), build.checked ? ", checked" : "",
                 build.sanitizer.empty() ? "" : ", sanitized");
  }
  return true;
}

}  // namespace reclaim::bench
