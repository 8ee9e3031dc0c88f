// The values come from CMake as definitions; only git's description is made at build time, so that
// a commit compiles this file again and nothing else.
#include "cells/build_info.h"

#include "base/assert.h"
#include "cells/git_describe.h"

namespace reclaim::cells {

const BuildInfo& build_info() {
  static const BuildInfo info{
      RECLAIM_VERSION,       RECLAIM_GIT_DESCRIBE,    RECLAIM_COMPILER,
      RECLAIM_COMPILE_FLAGS, RECLAIM_BUILD_TYPE,      checked,
      RECLAIM_SANITIZER,     RECLAIM_LIBRARY_TRIPLET, RECLAIM_SOURCE_DIRECTORY};
  return info;
}

}  // namespace reclaim::cells
