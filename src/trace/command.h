// Finds a command as the shell would, and tells beforehand what can never be recorded.
#pragma once

#include <optional>
#include <string>

namespace reclaim::trace {

/// The file that `name` means: itself when it has a slash, else the first executable in PATH.
std::optional<std::string> find_command(const std::string& name);

/// Why a preloaded library would not be loaded into the program at `path` ("is statically linked"),
/// or nullopt when nothing speaks against it (scripts run by an interpreter are not judged).
std::optional<std::string> unrecordable(const std::string& path);

}  // namespace reclaim::trace
