// The inside of a cell: a fresh process that runs one entry once and gives one JSON line.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cells/cell.h"
#include "measure/histogram.h"

namespace reclaim::cells {

/// The arguments that make a worker do this cell, beginning with "worker".
std::vector<std::string> worker_arguments(const Cell& cell, const std::string& preload);

/// The arguments of a worker that prints the version of its malloc.
std::vector<std::string> version_probe_arguments(const std::string& preload);

/// What `reclaim worker ...` does; `arguments` stand behind "worker". Returns the exit code: 0 with
/// one line of JSON on the result descriptor (stdout unless told otherwise), or one line on stderr.
int worker_main(std::span<char* const> arguments);

}  // namespace reclaim::cells
