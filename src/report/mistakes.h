// What each model made of the same mistakes: a table for each program that made them, a row a
// model, a column a mistake. Empty where no program erred.
#pragma once

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace reclaim::report {

struct MistakesOfProgram {
  std::string title;  ///< "larson, 2 threads"
  Table table;
  std::vector<std::string> remarks;  ///< what a model said of a mistake, word for word
};

/// One for each (workload, parameters, threads), in that order.
std::vector<MistakesOfProgram> mistakes_of(const Results& results);

/// How to read them.
inline constexpr std::string_view about_mistakes =
    "The same program over each model, with mistakes made on purpose at the same places. none: the "
    "work came out right and nothing more was left than without the mistake. leak: objects that "
    "were left. wrong: the checksum is another, so data were lost or overwritten, and nobody "
    "noticed. named: the model stopped the program and said which object. crash, hang: the system "
    "stopped it. —: there was no occasion. Where rounds differ, each outcome stands with its "
    "number.";

}  // namespace reclaim::report
