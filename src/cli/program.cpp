// Picks the verb; one line on stderr for whatever goes wrong.
#include "cli/program.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "cells/build_info.h"
#include "cells/names.h"
#include "cells/worker.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "report/report.h"
#include "trace/reader.h"

namespace reclaim::cli {

namespace {

int help_verb(Arguments arguments);
int version_verb(Arguments arguments);
int test_verb(Arguments arguments);

constexpr std::array<Verb, 13> all_verbs = {{
    {"report", report_verb, "report [--quick] [--family NAME] [--out DIR]",
     "the main job: the standard comparison, measured and written up"},
    {"report", report_verb, "report A.jsonl.. --out DIR", "write up results that are there"},
    {"test", test_verb, "test [--only PRESET] [-R REGEX]", "build and run every test"},
    {"run", run_verb, "run -m MODEL,.. -w WORKLOAD,..",
     "measure what you choose (reclaim run --help)"},
    {"experiment", experiment_verb, "experiment N|NAME|all",
     "a claim, what was expected, what was measured (reclaim list experiments)"},
    {"list", list_verb, "list models|workloads|allocators|experiments",
     "what can be chosen [--json]"},
    {"timeline", timeline_verb, "timeline FILE -o PICTURE.svg",
     "who held the GIL, waited and collected, drawn from run --events FILE"},
    {"compare", compare_verb, "compare A.jsonl B.jsonl", "what changed, and is it sure"},
    {"record", record_verb, "record -o FILE -- CMD ARGS",
     "a real program, to replay it: run -w replay:FILE"},
    {"doctor", doctor_verb, "doctor", "is this machine fit to measure on"},
    {"version", version_verb, "version", "version, commit and build"},
    {"help", help_verb, "", ""},
    {"observe", observe_verb, "", ""},
}};

std::string overview() {
  std::string text = "reclaim: what does this way of managing memory really cost?\n\n";
  for (const Verb& verb : all_verbs) {
    if (!verb.usage.empty()) text += fmt::format("  reclaim {:<34}{}\n", verb.usage, verb.summary);
  }
  return text +
         "\nreclaim VERB --help explains the verb. Data goes to stdout, progress to stderr.\n"
         "Exit codes: 0 fine, 1 a cell failed or a comparison regressed, 2 usage, 3 machine "
         "refused\n"
         "under --strict, 4 could not write, 130 interrupted.\n";
}

int dispatch(std::string_view name, Arguments arguments) {
  std::vector<std::string> names;
  for (const Verb& verb : all_verbs) {
    if (verb.name == name) return verb.run(arguments);
    names.emplace_back(verb.name);
  }
  throw cells::UsageError(cells::unknown_name("verb", name, names) + " (reclaim help)");
}

int help_verb(Arguments arguments) {
  if (arguments.empty()) {
    print(overview());
    return 0;
  }
  char help[] = "--help";
  char* const words[] = {help};
  return dispatch(arguments[0], words);
}

int version_verb(Arguments) {
  const cells::BuildInfo& build = cells::build_info();
  print(fmt::format("reclaim {} ({}), {} {}{}\n", build.version, build.git, build.compiler,
                    build.type, build.checked ? ", checked" : ""));
  return 0;
}

int test_verb(Arguments) {
  throw cells::UsageError(fmt::format("tests are built and run by the script: {}/reclaim test",
                                      cells::build_info().source_directory));
}

int complain(int exit_code, const char* what) {
  fmt::print(stderr, "reclaim: {}\n", what);
  return exit_code;
}

}  // namespace

std::span<const Verb> verbs() { return all_verbs; }

int program(int argc, char* const* argv) {
  const Arguments arguments(argv, static_cast<std::size_t>(argc));
  try {
    // First of all, and with nothing allocated: the heap of this process may be what is measured.
    if (argc > 1 && std::string_view(argv[1]) == "worker") {
      return cells::worker_main(arguments.subspan(2));
    }
    remember_command(argc, argv);
    const std::string_view first = argc > 1 ? argv[1] : "help";
    if (first == "-h" || first == "--help") return help_verb({});
    if (first == "--version") return version_verb({});
    if (first.starts_with('-')) {
      throw cells::UsageError(fmt::format("a verb comes first, not '{}' (reclaim help)", first));
    }
    return dispatch(first, arguments.subspan(argc > 1 ? 2 : 1));
  } catch (const cells::UsageError& error) {
    return complain(2, error.what());
  } catch (const report::BadResults& error) {
    return complain(2, error.what());
  } catch (const trace::TraceError& error) {
    return complain(2, error.what());
  } catch (const cells::WriteError& error) {
    return complain(4, error.what());
  } catch (const report::CannotWrite& error) {
    return complain(4, error.what());
  } catch (const std::exception& error) {
    return complain(1, error.what());
  }
}

}  // namespace reclaim::cli
