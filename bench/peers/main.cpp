// peers: the same work done by real runtimes, hand-written code and the models, in one run: fresh
// processes, the same heap limit, each round of processes in a random order of its own. One table
// for each piece of work on stdout, progress on stderr.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include "base/rng.h"
#include "cells/cell.h"
#include "cells/environment.h"
#include "cells/names.h"
#include "cells/quantities.h"
#include "peers/bars.h"
#include "peers/contenders.h"
#include "peers/results.h"
#include "peers/table.h"

namespace reclaim::peers {

namespace {

struct Options {
  std::vector<std::string> workloads = {"gcbench"};
  std::vector<std::string> contenders, parameters;
  std::vector<int> threads = {1};
  std::vector<std::string> heaps = {"50MB"};
  std::string size = "paper", java = "java", against = "gen", json;
  int rounds = 10, warmup = 10, repeats = 5;
  std::uint64_t seed = 1;
  double timeout_s = 120;
  bool list = false, bars = false;
};

const WorkloadInfo& find_workload(const std::string& id) {
  std::vector<std::string> names;
  for (const WorkloadInfo* workload : peer_workloads()) {
    if (workload->id == id) return *workload;
    names.emplace_back(workload->id);
  }
  throw cells::UsageError(cells::unknown_name("workload", id, names));
}

double value_at(const ParameterInfo& info, const std::string& size) {
  return size == "tiny" ? info.tiny : size == "standard" ? info.standard : info.paper;
}

WorkloadContext context_of(const WorkloadInfo& workload, const Options& options,
                           const Piece& piece) {
  WorkloadContext context;
  context.threads = piece.threads;
  context.seed = options.seed;
  for (const ParameterInfo& info : workload.parameters) {
    context.parameters.set(info.name, value_at(info, options.size));
  }
  for (const std::string& word : piece.parameters) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const char* const end = word.data() + word.size();
    double value = 0;
    if (equals == word.npos || std::from_chars(word.data() + equals + 1, end, value).ptr != end ||
        equals + 1 == word.size()) {
      throw cells::UsageError(fmt::format("-p {}: name=number wanted", word));
    }
    if (context.parameters.all().contains(name)) context.parameters.set(name, value);
  }
  return context;
}

/// Turns a label into bytes: 50MB, 3x (the declared live peak), 2min (the least heap on which the
/// contender of reference completes, found once for each workload and number of threads).
class HeapSizes {
 public:
  HeapSizes(const std::vector<Contender>& contenders, const std::string& reference,
            const cells::InterruptGuard& guard)
      : guard_(guard) {
    for (const Contender& contender : contenders) {
      if (contender.id == reference && contender.missing.empty()) reference_ = &contender;
    }
  }

  std::uint64_t bytes(const Work& work) {
    const std::string& label = work.heap_label;
    if (label.ends_with("min")) {
      const auto limit = cells::parse_heap_limit(label.substr(0, label.size() - 3) + "x");
      return static_cast<std::uint64_t>(limit.times * static_cast<double>(least(work)));
    }
    using Limit = cells::HeapLimit::Kind;
    const cells::HeapLimit limit = cells::parse_heap_limit(label);
    if (limit.kind == Limit::bytes) return limit.bytes;
    if (limit.kind != Limit::times_live_peak) {
      throw cells::UsageError(fmt::format("--heaps {}: 50MB, 3x or 2min wanted", label));
    }
    return static_cast<std::uint64_t>(
        limit.times * static_cast<double>(work.workload->peak_live_bytes(work.context)));
  }

 private:
  std::uint64_t least(const Work& work) {
    const std::string key = fmt::format("{} {} {}", work.workload->id, work.context.threads,
                                        cells::parameters_json(work.context.parameters).dump());
    if (const auto known = least_.find(key); known != least_.end()) return known->second;
    if (reference_ == nullptr) {
      throw cells::UsageError(fmt::format(
          "--heaps {}: the least heap is found with --against, who is not here", work.heap_label));
    }
    fmt::print(stderr, "least heap of {}\n", reference_->id);
    const std::uint64_t found = least_heap(*reference_, work, guard_);
    if (found == 0) throw cells::UsageError("no least heap was found");
    return least_[key] = found;
  }

  const cells::InterruptGuard& guard_;
  const Contender* reference_ = nullptr;
  std::map<std::string, std::uint64_t> least_;
};

/// A parameter that no workload of the run has is a slip of the pen.
void check_parameters(const Options& options) {
  std::vector<std::string> names;
  for (const std::string& workload : options.workloads) {
    for (const ParameterInfo& info : find_workload(workload).parameters) {
      names.emplace_back(info.name);
    }
  }
  for (const std::string& word : options.parameters) {
    const std::string name = word.substr(0, word.find('='));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw cells::UsageError(cells::unknown_name("parameter", name, names));
    }
  }
}

std::vector<Piece> pieces_of(const Options& options) {
  if (options.bars) return bar_pieces();
  check_parameters(options);
  std::vector<Piece> pieces;
  for (const std::string& workload : options.workloads) {
    for (const int threads : options.threads) {
      for (const std::string& heap : options.heaps) {
        pieces.push_back({.workload = workload,
                          .parameters = options.parameters,
                          .threads = threads,
                          .heap = heap,
                          .warmup = {},
                          .repeats = {}});
      }
    }
  }
  return pieces;
}

std::vector<Work> works_of(const Options& options, HeapSizes& heaps) {
  std::vector<Work> works;
  for (const Piece& piece : pieces_of(options)) {
    const WorkloadInfo& workload = find_workload(piece.workload);
    Work& work =
        works.emplace_back(Work{.workload = &workload,
                                .context = context_of(workload, options, piece),
                                .parameters = fmt::format("{}", fmt::join(piece.parameters, " ")),
                                .heap_label = piece.heap,
                                .heap_bytes = 0,
                                .warmup = piece.warmup.value_or(options.warmup),
                                .repeats = piece.repeats.value_or(options.repeats)});
    work.heap_bytes = heaps.bytes(work);
  }
  return works;
}

/// One line a process, so that other tools can look at every round.
void write_json(std::ofstream& file, const Results& results, const Sample& sample, int round) {
  cells::Json rounds = cells::Json::array();
  for (const Round& r : sample.account.rounds) rounds.push_back({r.wall_ns, r.cpu_ns});
  cells::Json pauses = cells::Json::array(), full = cells::Json::array();
  for (const Pause& pause : sample.account.pauses) {
    (pause.full ? full : pauses).push_back(pause.ns);
  }
  cells::Json line = {{"contender", results.contender->id},
                      {"workload", results.work->workload->id},
                      {"params", cells::parameters_json(results.work->context.parameters)},
                      {"threads", results.work->context.threads},
                      {"heap", results.work->heap_label},
                      {"heap_limit_bytes", results.work->heap_bytes},
                      {"round", round},
                      {"status", sample.status},
                      {"message", sample.message},
                      {"warmup", results.work->warmup},
                      {"rounds_wall_cpu_ns", rounds},
                      {"peak_rss_bytes", sample.peak_rss_bytes},
                      {"young_pauses_ns", pauses},
                      {"full_pauses_ns", full}};
  file << line.dump() << "\n" << std::flush;
}

std::string machine(const Options& options, const cells::InterruptGuard& guard) {
  utsname system{};
  ::uname(&system);
  std::string cpu = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    cpu = line.substr(line.find(':') + 2);
    break;
  }
  const std::string java = java_version(options.java, guard);
  return fmt::format("{} × {}, Linux {}, huge pages {}, {}", std::thread::hardware_concurrency(),
                     cpu, system.release, cells::transparent_huge_pages(),
                     java.empty() ? "no java" : java);
}

int run(const Options& options) {
  const auto contenders = choose(all_contenders(options.java), options.contenders);
  if (options.list) {
    for (const Contender& contender : contenders) {
      fmt::print("{:<16} {}\n", contender.id,
                 contender.missing.empty() ? "ready" : "missing: " + contender.missing);
    }
    return 0;
  }
  choose(all_contenders(options.java), {options.against});  // throws where there is none
  const cells::InterruptGuard guard;
  HeapSizes heaps{contenders, options.against, guard};
  const auto works = works_of(options, heaps);
  std::ofstream json;
  if (!options.json.empty()) {
    json.open(options.json);
    if (!json) throw cells::WriteError("cannot write " + options.json);
  }

  std::vector<Results> all;
  for (const Work& work : works) {
    for (const Contender& contender : contenders) {
      all.push_back({.contender = &contender, .work = &work, .samples = {}});
    }
  }

  fmt::print(
      "{}\n{} rounds of fresh processes, each {} times the work to warm up and {} times "
      "measured; seed {}\n",
      machine(options, guard), options.rounds, options.warmup, options.repeats, options.seed);
  if (double load = 0; ::getloadavg(&load, 1) == 1 && load > 0.5) {
    fmt::print(stderr, "peers: the machine is busy (load {:.1f}): times will be too long\n", load);
  }
  Rng rng{options.seed};
  for (int round = 0; round < options.rounds && !guard.interrupted(); ++round) {
    std::vector<Results*> order;
    for (Results& results : all) {
      // Who ran out of memory once will do so again.
      const bool hopeless = !results.samples.empty() && results.samples.back().status != "ok";
      if (obstacle(*results.contender, *results.work).empty() && !hopeless) {
        order.push_back(&results);
      }
    }
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    for (Results* results : order) {
      fmt::print(stderr, "round {} of {}: {} · {}\n", round + 1, options.rounds,
                 results->contender->id, results->work->title());
      const auto end = cells::run_process(
          process_of(*results->contender, *results->work, options.timeout_s), guard);
      if (guard.interrupted()) break;
      results->samples.push_back(read_sample(end));
      if (json.is_open()) write_json(json, *results, results->samples.back(), round);
    }
  }

  bool failed = false;
  for (const Work& work : works) {
    std::vector<Results*> same_work;
    std::vector<const Results*> rows;
    for (Results& results : all) {
      if (results.work != &work) continue;
      same_work.push_back(&results);
      rows.push_back(&results);
    }
    judge_checksums(same_work);
    fmt::print("\n{} ({}), {} times to warm up and {} measured\n\n{}", work.title(),
               cells::format_bytes(work.heap_bytes), work.warmup, work.repeats,
               table(rows, options.against));
    for (const Results* row : rows) failed |= row->trouble().starts_with("failed");
  }
  if (options.bars) {
    std::vector<const Results*> results;
    for (const Results& one : all) results.push_back(&one);
    fmt::print("\nWhat gen is held to\n\n{}", bar_table(results));
  }
  return guard.interrupted() ? 130 : failed ? 1 : 0;
}

}  // namespace
}  // namespace reclaim::peers

int main(int argc, char** argv) {
  using namespace reclaim;
  peers::Options options;
  CLI::App app{
      "The same work on real runtimes, by hand and on the models, in one interleaved run."};
  const auto list = [&](const char* name, auto& to, const char* help) {
    return app.add_option(name, to, help)->delimiter(',')->capture_default_str();
  };
  list("-w,--workload", options.workloads, "workloads");
  list("-c,--contenders", options.contenders, "who runs (default: all), e.g. gen,java,boehm");
  list("-t,--threads", options.threads, "threads")->check(CLI::Range(1, 64));
  list("--heaps", options.heaps,
       "heap limits: bytes (50MB), times the declared live peak (3x), or times the least heap on "
       "which --against completes (2min)");
  app.add_option("--size", options.size, "sizes of the workloads")
      ->check(CLI::IsMember({"tiny", "standard", "paper"}))
      ->capture_default_str();
  app.add_option("-p", options.parameters, "a workload's parameter: name=value");
  app.add_option("--rounds", options.rounds, "processes of each contender")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--warmup", options.warmup, "times the work is done first in each process")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--repeats", options.repeats, "times it is then measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--against", options.against, "who the last column is a ratio to")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of the work and of the order")->capture_default_str();
  app.add_option("--timeout", options.timeout_s, "seconds that a process may take")
      ->capture_default_str();
  app.add_option("--java", options.java, "the JVM's program")->capture_default_str();
  app.add_option("--json", options.json, "also write a line for each process to this file");
  app.add_flag("--bars", options.bars,
               "the work that gen is held to (in place of -w, -t, --heaps, -p), and the verdicts");
  app.add_flag("--list", options.list, "who can run here");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return peers::run(options);
  } catch (const cells::UsageError& error) {
    fmt::print(stderr, "peers: {}\n", error.what());
    return 2;
  } catch (const cells::WriteError& error) {
    fmt::print(stderr, "peers: {}\n", error.what());
    return 4;
  }
}
