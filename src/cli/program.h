// The program, as a function, so that tests link it with entries of their own.
#pragma once

namespace reclaim::cli {

/// Returns the exit code. Never throws.
int program(int argc, char* const* argv);

}  // namespace reclaim::cli
