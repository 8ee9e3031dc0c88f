// Which room may include which.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reclaim::arrows {

/// What is wrong with one file's includes: "src/base/x.h:3: base may not include boundary". `path`
/// is relative to the root of the tree. Empty: nothing.
std::vector<std::string> violations_in(const std::string& path, const std::string& text);

struct Inspection {
  std::size_t files = 0;
  std::vector<std::string> violations;
};

/// All C++ files under src/ and models/ of a tree.
Inspection inspect(const std::filesystem::path& root);

}  // namespace reclaim::arrows
