// All names are resolved and checked here, before anything is run or written.
#include "cells/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/rng.h"
#include "cells/allocators.h"
#include "cells/mistakes.h"
#include "cells/names.h"
#include "cells/overrides.h"
#include "cells/shard.h"

namespace reclaim::cells {

namespace {

template <class Info>
std::vector<std::string> ids(const std::vector<const Info*>& infos) {
  std::vector<std::string> result;
  for (const Info* info : infos) result.emplace_back(info->id);
  return result;
}

template <class Info>
const Info* find(const std::vector<const Info*>& infos, const char* kind, std::string_view id) {
  for (const Info* info : infos) {
    if (info->id == id) return info;
  }
  throw UsageError(unknown_name(kind, id, ids(infos)));
}

struct ModelChoice {
  const ModelInfo* info;
  std::string allocator;
  bool processes;

  std::string id() const {
    return std::string(processes ? processes_prefix : "") + std::string(info->id);
  }
};

const ModelInfo* find_model(std::string_view id, bool processes) {
  std::vector<std::string> names;
  for (const ModelInfo* info : models()) {
    if (info->id == id) return info;
    names.push_back(std::string(processes ? processes_prefix : "") + std::string(info->id));
  }
  const std::string word = std::string(processes ? processes_prefix : "") + std::string(id);
  if (processes && id.empty()) {
    throw UsageError(fmt::format("model '{}': processes of which model? write '{}'", word,
                                 nearest(word, names)));
  }
  if (!processes) names.emplace_back(processes_prefix);
  throw UsageError(unknown_name("model", word, names));
}

ModelChoice choose_model(const std::string& spelled) {
  const bool processes = spelled == "procs" || spelled.starts_with(processes_prefix);
  const std::string name =
      processes ? spelled.substr(std::min(processes_prefix.size(), spelled.size())) : spelled;
  const std::size_t colon = name.find(':');
  const ModelInfo* info = find_model(name.substr(0, colon), processes);
  if (colon == std::string::npos) return {info, info->uses_malloc ? "glibc" : "", processes};
  ModelChoice choice{info, name.substr(colon + 1), processes};
  if (!info->uses_malloc) {
    throw UsageError(fmt::format("model '{0}' calls no malloc and takes no allocator: write '{0}'",
                                 choice.id()));
  }
  find_allocator(choice.allocator);  // throws for an unknown one
  return choice;
}

struct WorkloadChoice {
  const WorkloadInfo* info;
  std::string name;  ///< in records
  std::string argument;
};

WorkloadChoice choose_workload(const std::string& spelled) {
  const std::size_t colon = spelled.find(':');
  const WorkloadInfo* info = find(workloads(), "workload", spelled.substr(0, colon));
  const std::string argument = colon == std::string::npos ? "" : spelled.substr(colon + 1);
  if (info->argument_name.empty()) {
    if (colon != std::string::npos) {
      throw UsageError(
          fmt::format("workload '{0}' takes nothing behind a colon: write '{0}'", info->id));
    }
    return {info, std::string(info->id), ""};
  }
  if (argument.empty()) {
    throw UsageError(
        fmt::format("workload '{0}' wants a {1}: write '{0}:{1}'", info->id, info->argument_name));
  }
  const std::filesystem::path path = argument;
  return {info, fmt::format("{}:{}", info->id, path.stem().string()),
          std::filesystem::absolute(path).string()};
}

std::vector<WorkloadChoice> choose_workloads(const std::vector<std::string>& spelled) {
  std::vector<WorkloadChoice> choices;
  for (const std::string& name : spelled) {
    if (name == "all") {
      for (const WorkloadInfo* info : workloads()) {
        if (info->argument_name.empty()) choices.push_back({info, std::string(info->id), ""});
      }
    } else {
      choices.push_back(choose_workload(name));
    }
  }
  std::map<std::string, std::string> arguments;
  for (const WorkloadChoice& choice : choices) {
    const auto [place, added] = arguments.emplace(choice.name, choice.argument);
    if (!added && place->second != choice.argument) {
      throw UsageError(fmt::format("{} and {} would both be called '{}': rename one", place->second,
                                   choice.argument, choice.name));
    }
  }
  return choices;
}

/// What a workload says of itself may need a file that the user named; a bad one is the user's to
/// mend.
template <class Declaration>
auto declared(Declaration declaration, const WorkloadContext& context) {
  try {
    return declaration(context);
  } catch (const UsageError&) {
    throw;
  } catch (const std::exception& error) {
    throw UsageError(error.what());
  }
}

/// The limit in bytes; nothing for none, and for a minimum that is yet to be found.
std::optional<std::uint64_t> bytes_of(const HeapLimit& limit, std::uint64_t peak) {
  switch (limit.kind) {
    case HeapLimit::Kind::bytes:
      return limit.bytes;
    case HeapLimit::Kind::times_live_peak:
      return static_cast<std::uint64_t>(std::ceil(limit.times * static_cast<double>(peak)));
    default:
      return std::nullopt;
  }
}

/// The thread counts that a workload runs with: the user's, or its own.
std::vector<int> thread_counts(const WorkloadInfo& workload, const WorkloadContext& context,
                               const std::vector<int>& asked) {
  if (workload.threads == nullptr) return asked;
  const int threads = declared(workload.threads, context);
  if (threads <= most_threads) return {threads};
  throw UsageError(fmt::format("{}: {} threads, and at most {} can be played", context.argument,
                               threads, most_threads));
}

HeapLimit default_limit(std::uint64_t peak) {
  const HeapLimit multiple = parse_heap_limit(default_heap);
  const HeapLimit least = parse_heap_limit(least_default_heap);
  return bytes_of(multiple, peak) < bytes_of(least, peak) ? least : multiple;
}

void check_numbers(const PlanRequest& request) {
  const std::vector<std::string> sizes = {"tiny", "standard", "paper"};
  if (std::find(sizes.begin(), sizes.end(), request.size) == sizes.end()) {
    throw UsageError(unknown_name("size", request.size, sizes));
  }
  if (request.threads.empty()) throw UsageError("--threads: how many?");
  for (const int threads : request.threads) {
    if (threads < 1 || threads > most_threads) {
      throw UsageError(fmt::format("--threads {}: 1 to {}", threads, most_threads));
    }
  }
  if (request.gil_interval_us > most_gil_setting) {
    throw UsageError(fmt::format("--gil-interval {}: microseconds, at most {}",
                                 request.gil_interval_us, most_gil_setting));
  }
  if (request.gil_ticks > most_gil_setting) {
    throw UsageError(
        fmt::format("--gil-ticks {}: at most {}", request.gil_ticks, most_gil_setting));
  }
  const std::vector<std::string> settings = {"on", "off", "both"};
  if (std::find(settings.begin(), settings.end(), request.meters) == settings.end()) {
    throw UsageError("--meters: " + unknown_name("setting", request.meters, settings));
  }
  if (request.sites && !request.census) throw UsageError("--sites is a census: not --no-census");
  if (request.rounds < 1) throw UsageError(fmt::format("--rounds {}: at least 1", request.rounds));
  if (request.warmup < 0) throw UsageError(fmt::format("--warmup {}: at least 0", request.warmup));
  if (request.why && request.warmup > 0) {
    throw UsageError(
        "--why looks at everything, so also at what a warm-up left: not with --warmup");
  }
}

void shuffle(std::span<Cell> cells, Rng& rng) {
  for (std::size_t left = cells.size(); left > 1; --left) {
    std::swap(cells[left - 1], cells[rng.below(left)]);
  }
}

/// The cells of one round, in the order of the request.
class RoundBuilder {
 public:
  explicit RoundBuilder(const PlanRequest& request) : request_(request) {
    for (const std::string& name : request.models) models_.push_back(choose_model(name));
    for (const std::string& text : request.heaps) heaps_.push_back(parse_heap_limit(text));
    for (const std::string& text : request.mistakes) mistakes_.push_back(parse_mistake(text));
    if (mistakes_.empty()) mistakes_.emplace_back();
    if (!request.planted.empty()) planting_ = parse_planting(request.planted);
    if (!request.rate.empty()) arrivals_ = parse_arrivals(request.rate);
    if (!request.explain.empty() &&
        std::none_of(models_.begin(), models_.end(),
                     [](const ModelChoice& model) { return model.info->explains; })) {
      throw UsageError("--explain: none of these models has policies to explain; gen has");
    }
    const std::vector<WorkloadChoice> workloads = choose_workloads(request.workloads);
    std::vector<const WorkloadInfo*> infos;
    for (const WorkloadChoice& workload : workloads) infos.push_back(workload.info);
    const std::vector<Override> overrides = parse_overrides(request.parameters, infos);
    for (const WorkloadChoice& workload : workloads) {
      for (const Override& values : overrides) add_workload(workload, values);
    }
  }

  std::vector<Cell> cells;
  std::set<std::string> notes;

 private:
  void add_workload(const WorkloadChoice& workload, const Override& values) {
    WorkloadContext context;
    context.parameters = parameters_for(*workload.info, request_.size, values);
    context.seed = request_.seed;
    context.argument = workload.argument;
    // One limit for all thread counts, or they could not be compared.
    const std::vector<int> threads = thread_counts(*workload.info, context, request_.threads);
    context.threads = *std::max_element(threads.begin(), threads.end());
    limits_ = heaps_;
    if (limits_.empty())
      limits_.push_back(default_limit(declared(workload.info->peak_live_bytes, context)));
    for (const int count : threads) {
      context.threads = count;
      add_models(workload, context);
    }
  }

  void add_models(const WorkloadChoice& workload, const WorkloadContext& context) {
    const std::uint64_t peak =
        declared(workload.info->peak_live_bytes, context);  // may read a whole trace
    for (const ModelChoice& model : models_) {
      Cell cell;
      cell.entry = find_entry(model.info->id, workload.info->id);
      if (cell.entry == nullptr) {
        notes.insert(
            fmt::format("{} is not compiled for {}: left out", workload.name, model.info->id));
        continue;
      }
      cell.processes = model.processes;
      cell.allocator = model.allocator;
      cell.workload = workload.name;
      cell.size = request_.size;
      cell.context = context;
      cell.warmup = request_.warmup;
      cell.census = request_.census;
      cell.collectors = request_.collectors;
      cell.gil_interval_us = request_.gil_interval_us;
      cell.gil_ticks = request_.gil_ticks;
      cell.free_at_most = request_.free_at_most;
      if (model.info->explains) cell.explain = request_.explain;
      if (model.processes && !request_.events.empty()) {
        notes.insert("--events: not kept where mutators are processes");
      } else {
        cell.events = request_.events;
      }
      if (request_.why) ask_why(cell, model);
      cell.cycle_collector = request_.cycle_collector;
      cell.settles = request_.settles;
      cell.planting = planting_;
      if (model.processes && arrivals_) {
        notes.insert("--rate: not where mutators are processes");
      } else if (workload.info->serves_requests) {
        cell.arrivals = arrivals_;
      } else if (arrivals_) {
        notes.insert(fmt::format("{} serves no requests: it runs without --rate", workload.name));
      }
      cell.stress = request_.stress;
      for (const MistakeRate& mistakes : mistakes_) {
        cell.mistakes = mistakes;
        cell.sites = request_.sites && !mistakes.any() && cell.entry->run_sited != nullptr;
        if (request_.sites && !cell.sites) {
          notes.insert(fmt::format("--sites: {} on {} is not compiled with them: it runs without",
                                   workload.name, model.info->id));
        }
        if (mistakes.any() && cell.entry->run_erring == nullptr) {
          notes.insert(fmt::format("{} is not compiled with mistakes: left out", workload.name));
        } else if (model.info->has_heap_limit) {
          add_heaps(cell, peak);
        } else {
          add(cell);
        }
      }
    }
  }

  void ask_why(Cell& cell, const ModelChoice& model) {
    cell.why = model.info->tells_why && !model.processes;
    if (cell.why) return;
    std::string who;
    for (const ModelInfo* other : cells::models()) {
      if (other->tells_why) who += (who.empty() ? "" : ", ") + std::string(other->id);
    }
    notes.insert(fmt::format("--why: {} cannot tell what keeps objects alive; {} can", model.id(),
                             who.empty() ? "no model" : who));
  }

  void add_heaps(Cell& cell, std::uint64_t peak) {
    if (heaps_.empty()) {
      notes.insert(fmt::format(
          "models with a heap limit get {} the workload's declared live peak, at least {} "
          "(--heap changes that)",
          default_heap, least_default_heap));
    }
    for (const HeapLimit& limit : limits_) {
      cell.heap = limit;
      cell.heap_limit_bytes = bytes_of(limit, peak);
      add(cell);
    }
  }

  void add(Cell cell) {
    if (request_.meters != "on" || cell.workload == request_.priced) {
      Cell unmetered = cell;
      unmetered.meters = false;
      keep(unmetered);
    }
    if (request_.meters != "off") keep(cell);
  }
  void keep(const Cell& cell) {
    if (seen_.insert(identity(cell).dump()).second) cells.push_back(cell);
  }

  const PlanRequest& request_;
  std::vector<ModelChoice> models_;
  std::vector<HeapLimit> heaps_;  ///< as asked for
  std::vector<MistakeRate> mistakes_;
  Planting planting_;
  std::optional<Arrivals> arrivals_;
  std::vector<HeapLimit> limits_;  ///< for the workload at hand: heaps_, or the default
  std::set<std::string> seen_;
};

}  // namespace

Plan make_plan(const PlanRequest& request) {
  check_numbers(request);
  RoundBuilder round(request);
  if (round.cells.empty()) {
    throw UsageError(
        "nothing to run: no workload that was asked for is compiled for a model that was asked "
        "for");
  }
  Plan plan;
  plan.notes.assign(round.notes.begin(), round.notes.end());
  Rng rng(request.seed);
  for (int number = 0; number < request.rounds; ++number) {
    shuffle(round.cells, rng);
    for (const Cell& cell : round.cells) {
      plan.cells.push_back(cell);
      plan.cells.back().round = number;
    }
  }
  if (!request.shard.empty()) keep_shard(plan, parse_shard(request.shard));
  return plan;
}

std::vector<std::string> allocators_of(const Plan& plan) {
  std::set<std::string> names;
  for (const Cell& cell : plan.cells) {
    if (!cell.allocator.empty()) names.insert(cell.allocator);
  }
  return {names.begin(), names.end()};
}

double estimated_seconds(const Cell& cell) {
  const double work = cell.size == "tiny" ? 0.005 : cell.size == "paper" ? 3.0 : 0.25;
  const double threads =
      cell.entry->workload->scaling == WorkScaling::per_thread ? cell.context.threads : 1;
  const double processes = cell.processes ? cell.context.threads : 1;
  return 0.02 + (cell.settles ? 5 : 0) + 0.01 * processes +
         work * (1 + cell.warmup + cell.why) * std::max(1.0, threads / 2);
}

}  // namespace reclaim::cells
