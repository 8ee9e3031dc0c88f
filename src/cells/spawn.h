// Starting a child: spawned, never forked, with a set of descriptors that is its own.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace reclaim::cells {

/// Both ends of a pipe whose reading end belongs to us and never blocks.
struct OutputPipe {
  int read_end = -1;
  int write_end = -1;
  OutputPipe() = default;
  OutputPipe(const OutputPipe&) = delete;
  OutputPipe& operator=(const OutputPipe&) = delete;
  ~OutputPipe() {
    close(read_end);
    close(write_end);
  }
  /// False with errno when the system has no more. Both ends get numbers of at least `least`, so
  /// that they are none of those which the child is to have.
  bool open(int least);
  static void close(int& fd);
};

/// Reads what is there; closes at the end of file. Keeps the first `most` bytes, or the last ones.
void drain(int& fd, std::string& text, std::size_t most, bool keep_last);

struct SpawnRequest {
  std::string program;                           ///< a path
  std::vector<std::string> arguments;            ///< after the name
  std::vector<std::string> environment;          ///< "NAME=value", all of it
  std::vector<std::pair<int, int>> descriptors;  ///< ours, and the child's number for it
  bool own_group = true;                         ///< else the child is of this process's group
};

/// The child's standard input is empty; it has no descriptors but those, no signal blocked or
/// ignored. Gives 0, or the errno of what kept it from starting.
int spawn(const SpawnRequest& request, pid_t& child);

}  // namespace reclaim::cells
