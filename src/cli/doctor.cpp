// `reclaim doctor`: what the machine is like, and what would make it better.
#include <fmt/format.h>
#include <unistd.h>

#include "cli/fitness.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

namespace reclaim::cli {

int doctor_verb(Arguments arguments) {
  bool strict = false;
  Parser parser{"doctor",
                "Is this machine fit to measure on, and what would make it so? Changes nothing."};
  parser.flag("--strict", strict, "exit code 3 when it is not");
  if (const auto done = parser.parse(arguments)) return *done;
  const bool colour = wants_colour(STDOUT_FILENO);
  std::string text;
  std::size_t unfit = 0;
  for (const Examination& finding : examine_machine()) {
    const char* word = finding.fitness == Fitness::good   ? "good "
                       : finding.fitness == Fitness::note ? "note "
                                                          : "unfit";
    const char* tint = finding.fitness == Fitness::good   ? "\x1b[32m"
                       : finding.fitness == Fitness::note ? "\x1b[33m"
                                                          : "\x1b[31m";
    text += fmt::format("{}{}{}  {:<11} {}\n", colour ? tint : "", word, colour ? "\x1b[0m" : "",
                        finding.what, finding.seen);
    if (!finding.advice.empty()) text += fmt::format("{:20}{}\n", "", finding.advice);
    if (finding.fitness == Fitness::unfit) ++unfit;
  }
  text += unfit == 0
              ? "Fit to measure on.\n"
              : fmt::format("{} thing{} would make this run's numbers differ among themselves.\n",
                            unfit, unfit == 1 ? "" : "s");
  print(text);
  return strict && unfit != 0 ? 3 : 0;
}

}  // namespace reclaim::cli
