// All that one process has of the ways to talk to the others, and the descriptors by which it got
// them. The first process (index 0) is the one that hands out and gathers.
#pragma once

#include <deque>
#include <vector>

#include "processes/dict.h"
#include "processes/pipe.h"
#include "processes/queue.h"
#include "processes/stage.h"
#include "processes/traffic.h"
#include "processes/value.h"

namespace reclaim::processes {

/// Descriptors that each process inherits under the same numbers; `first_pipe` and those behind it
/// are its ends of pipes: one to the first process, or, in the first, one to each of the others.
enum Inherited : int {
  told = 3,  // where the result goes
  stage_memory,
  tasks_read,
  tasks_write,
  results_read,
  results_write,
  dict_socket,
  first_pipe
};

/// Who started the processes has both ends of everything.
class PostOffice {
 public:
  /// Throws std::system_error when descriptors run out.
  explicit PostOffice(int processes);

  /// What process `index` is to inherit: its number here, and there. The first is `stage_memory`.
  std::vector<std::pair<int, int>> inheritance(int index) const;
  /// Closes what only the processes use, so that they notice each other's end.
  void hand_over();

  Stage& stage() { return *stage_; }
  DictServer& dict() { return dict_; }

 private:
  SharedStage stage_;
  Ends tasks_, results_;
  std::vector<Ends> pipes_;  // first process's end, the other's
  std::vector<Descriptor> dict_clients_;
  DictServer dict_;
};

/// In a process that has inherited.
class Post {
 public:
  Post(Stage& stage, int index, int processes);

  Queue tasks, results;
  /// To process `index`, in the first; to the first, in the others, whatever the index.
  PipeEnd& pipe(int index);
  DictClient dict;
  Value &next, &total, &finished;

  /// Everything that this process sent and received.
  Traffic traffic() const;

 private:
  std::vector<PipeEnd> pipes_;
};

}  // namespace reclaim::processes
