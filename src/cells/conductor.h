// The process that a cell begins as where its mutators are processes: it starts one worker for
// each, keeps the dict that they may use, and makes one result of theirs. As the main process of a
// program that uses multiprocessing, it computes nothing itself.
#pragma once

#include <span>

#include "cells/json.h"

namespace reclaim::cells {

/// Starts `processes` workers with these arguments and each one's place among them, waits for all,
/// and gives what they tell as one. When a worker ends badly the others are killed, and this
/// process ends as that worker did: by the same signal, or with the same exit code, after a line on
/// stderr that says which it was and what it was doing. Throws std::system_error when there are not
/// enough processes or descriptors.
Json conduct(std::span<char* const> arguments, int processes);

}  // namespace reclaim::cells
