// The end of a process that the system refuses what it needs: threads, descriptors, memory to start
// with. The cell is then skipped, for that says nothing about the model.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/exhaustion.h"

namespace reclaim {

/// A worker that met a limit of the system exits with this code, and says on stderr which.
inline constexpr int limit_met_exit_code = 87;

/// Ends the process: the system refused `what`, and said `error` (an errno value). Where that is a
/// limit of the machine the line begins with its name; anything else is a failure. Thread-safe.
[[noreturn, gnu::cold, gnu::noinline]] inline void refused(const char* what, int error) {
  const char* limit = nullptr;
  if (error == EAGAIN) limit = "pids";
  if (error == EMFILE || error == ENFILE) limit = "files";
  if (error == ENOMEM || error == ENOBUFS) limit = "memory";
  LastWords words;
  if (limit != nullptr) {
    words.say("reclaim: %s: %s: %s", limit, what, std::strerror(error));
    words.end(limit_met_exit_code);
  }
  words.say("reclaim: %s: %s", what, std::strerror(error));
  words.end(EXIT_FAILURE);
}

}  // namespace reclaim
