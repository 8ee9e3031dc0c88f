// `reclaim record`: every allocation of a real program, as a trace that `run -w replay:FILE`
// performs.
#include "trace/record.h"

#include <algorithm>
#include <cstring>

#include "cells/names.h"
#include "cli/verbs.h"

namespace reclaim::cli {

int record_verb(Arguments arguments) {
  trace::RecordOptions options;
  bool no_children = false;
  Parser parser{"record",
                "Record every malloc and free of a program, on all its threads:\n"
                "reclaim record -o app.trace -- CMD ARGS"};
  parser.required("-o,--output", options.output, "FILE", "the trace; children get FILE.PROCESS");
  parser.flag("--no-children", no_children, "keep no traces of child processes");
  parser.flag("-q,--quiet", options.quiet, "no summary when all went well");
  const auto dashes = std::find_if(arguments.begin(), arguments.end(),
                                   [](const char* word) { return std::strcmp(word, "--") == 0; });
  const auto own = static_cast<std::size_t>(dashes - arguments.begin());
  if (const auto done = parser.parse(arguments.first(own))) return *done;
  if (dashes != arguments.end()) options.command.assign(dashes + 1, arguments.end());
  if (options.command.empty()) {
    throw cells::UsageError("record: which command? reclaim record -o app.trace -- CMD ARGS");
  }
  options.children = !no_children;
  return trace::record(options);
}

}  // namespace reclaim::cli
