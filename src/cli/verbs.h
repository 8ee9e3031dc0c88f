// The verbs: each takes the words behind it and returns the exit code. They throw
// cells::UsageError, cells::WriteError and report's kin; program.cpp turns those into a line and a
// code.
#pragma once

#include <span>
#include <string_view>

#include "cli/arguments.h"

namespace reclaim::cli {

int compare_verb(Arguments arguments);
int doctor_verb(Arguments arguments);
int experiment_verb(Arguments arguments);
int list_verb(Arguments arguments);
int observe_verb(Arguments arguments);
int record_verb(Arguments arguments);
int report_verb(Arguments arguments);
int run_verb(Arguments arguments);
int timeline_verb(Arguments arguments);

struct Verb {
  std::string_view name;
  int (*run)(Arguments);
  std::string_view usage;  ///< empty: not shown
  std::string_view summary;
};

std::span<const Verb> verbs();

}  // namespace reclaim::cli
