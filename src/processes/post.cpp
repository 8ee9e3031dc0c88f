// Every way is made for every cell: together they are a few descriptors, and none costs anything
// while nobody uses it.
#include "processes/post.h"

#include <fcntl.h>

#include <system_error>

namespace reclaim::processes {

namespace {

/// Moves it above the numbers under which it will be inherited, which would otherwise be in use.
Descriptor above(Descriptor low) {
  const int moved =
      ::fcntl(low.number(), F_DUPFD_CLOEXEC, int{Inherited::first_pipe} + most_processes);
  if (moved < 0) throw std::system_error(errno, std::generic_category(), "no more descriptors");
  return Descriptor(moved);
}

Ends above(Ends low) { return {above(std::move(low.read)), above(std::move(low.write))}; }

std::vector<PipeEnd> inherited_pipes(int index, int processes) {
  const int count = index == 0 ? processes - 1 : 1;
  std::vector<PipeEnd> pipes;
  for (int i = 0; i < count; ++i) pipes.emplace_back(first_pipe + i);
  return pipes;
}

}  // namespace

PostOffice::PostOffice(int processes)
    : stage_(SharedStage::make(processes)),
      tasks_(above(make_pipe())),
      results_(above(make_pipe())) {
  for (int index = 0; index < processes; ++index) {
    Ends ends = above(make_socket_pair());
    dict_.add(std::move(ends.read));
    dict_clients_.push_back(std::move(ends.write));
    if (index != 0) pipes_.push_back(above(make_socket_pair()));
  }
}

std::vector<std::pair<int, int>> PostOffice::inheritance(int index) const {
  std::vector<std::pair<int, int>> all = {{stage_.descriptor(), stage_memory},
                                          {tasks_.read.number(), tasks_read},
                                          {tasks_.write.number(), tasks_write},
                                          {results_.read.number(), results_read},
                                          {results_.write.number(), results_write}};
  all.emplace_back(dict_clients_[static_cast<std::size_t>(index)].number(), dict_socket);
  if (index != 0) {
    all.emplace_back(pipes_[static_cast<std::size_t>(index - 1)].write.number(), first_pipe);
  } else {
    for (int i = 0; const Ends& ends : pipes_)
      all.emplace_back(ends.read.number(), first_pipe + i++);
  }
  return all;
}

void PostOffice::hand_over() {
  tasks_ = Ends();
  results_ = Ends();
  pipes_.clear();
  dict_clients_.clear();
}

Post::Post(Stage& stage, int index, int processes)
    : tasks(stage.tasks, tasks_read, tasks_write),
      results(stage.results, results_read, results_write),
      dict(dict_socket),
      next(stage.next),
      total(stage.total),
      finished(stage.finished),
      pipes_(inherited_pipes(index, processes)) {}

PipeEnd& Post::pipe(int index) {
  return pipes_[pipes_.size() == 1 ? 0 : static_cast<std::size_t>(index - 1)];
}

Traffic Post::traffic() const {
  Traffic all = tasks.traffic();
  all += results.traffic();
  all += dict.traffic();
  for (const PipeEnd& end : pipes_) all += end.traffic();
  return all;
}

}  // namespace reclaim::processes
