// What was built, from what, how: baked in by CMake, printed at the head of every results file.
#pragma once

#include <string>

namespace reclaim::cells {

struct BuildInfo {
  std::string version;    ///< "0.1.0"
  std::string git;        ///< git describe --always --dirty at build time; "unknown" outside git
  std::string compiler;   ///< "GNU 12.2.0"
  std::string flags;      ///< as given to it
  std::string type;       ///< "Release"
  bool checked = false;   ///< the laws are checked at run time: never measured
  std::string sanitizer;  ///< empty: none
  std::string library_triplet;   ///< "x86_64-linux-gnu"; empty where the system has none
  std::string source_directory;  ///< of the tree that was built
};

const BuildInfo& build_info();

}  // namespace reclaim::cells
