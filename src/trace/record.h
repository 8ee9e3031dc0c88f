// The verb `reclaim record -o FILE -- CMD ARGS...`: runs a program with the recorder preloaded and
// leaves a trace of it, and of each of its children that allocates.
#pragma once

#include <string>
#include <vector>

namespace reclaim::trace {

struct RecordOptions {
  std::string output;                ///< FILE; children get FILE.PROCESS
  std::vector<std::string> command;  ///< CMD ARGS...; CMD is looked up in PATH
  bool children = true;              ///< keep the traces of children, too
  bool quiet = false;                ///< no summary when all went well
  std::string library;  ///< libreclaim-record.so; empty: beside this binary or in ../lib/reclaim
};

/// Runs the command with this process's standard streams and waits for it; says on stderr what came
/// of it. While it runs, SIGINT and SIGQUIT are left to the command and SIGTERM and SIGHUP are
/// passed on, so that an interrupted command still leaves its trace. Returns the exit code:
///   0  the trace was written, whatever the command's own status (which is said in words)
///   1  nothing could be recorded: static, setuid, 32-bit, or an allocator within the program
///   2  no such command
///   4  FILE cannot be written; a file of that name is as it was
/// An existing FILE is replaced only by a finished trace. One call at a time in a process.
int record(const RecordOptions& options);

}  // namespace reclaim::trace
