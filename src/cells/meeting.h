// Where the mutators of a cell start together and wait for the last: threads of this process, or
// processes with one each.
#pragma once

#include "base/spin_barrier.h"
#include "cells/registry.h"
#include "processes/stage.h"

namespace reclaim::cells {

/// Thread-safe but for leave().
class Meeting {
 public:
  explicit Meeting(const RunRequest& request)
      : first_here_(request.context.apart == nullptr ? 0 : request.context.apart->index),
        stage_(request.stage),
        start_(request.context.mutators_here()),
        end_(request.context.mutators_here()) {
    // Nobody takes a ticket before all have come to the start, nor after all have come to the end.
    if (stage_ != nullptr && first_here_ == 0) stage_->tickets = 0;
  }

  /// The number of this process's first mutator among all of the cell's.
  int first_here() const { return first_here_; }

  void start() {
    if (stage_ == nullptr) return start_.arrive_and_wait();
    enter(processes::Phase::ready);
    stage_->start.wait();
    enter(processes::Phase::working);
  }
  void end() {
    if (stage_ == nullptr) return end_.arrive_and_wait();
    enter(processes::Phase::finished);
    stage_->end.wait();
  }
  /// Processes only: returns when all have looked at their memory.
  void leave() {
    stage_->weighed.wait();
    enter(processes::Phase::telling);
  }

 private:
  void enter(processes::Phase phase) {
    stage_->phases[static_cast<std::size_t>(first_here_)].store(phase, std::memory_order_relaxed);
  }

  const int first_here_;
  processes::Stage* const stage_;
  SpinBarrier start_, end_;
};

}  // namespace reclaim::cells
