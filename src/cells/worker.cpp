// Arguments are parsed by hand: whatever a library would allocate here stands in the heap that is
// about to be measured.
#include "cells/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string_view>
#include <system_error>

#include "base/exhaustion.h"
#include "base/refusal.h"
#include "cells/allocators.h"
#include "cells/census_json.h"
#include "cells/conductor.h"
#include "cells/events_file.h"
#include "cells/meters.h"
#include "cells/mistakes.h"
#include "cells/names.h"
#include "cells/process.h"
#include "cells/quantities.h"
#include "cells/write_text.h"
#include "processes/post.h"

namespace reclaim::cells {

namespace {

struct Order {
  std::string model, workload, preload, explain, events;
  RunRequest request;
  int fd = STDOUT_FILENO;
  pid_t parent = 0;
  bool probe = false;
  bool processes = false;  // each mutator is one
  int place = -1;          // of this process among those; -1: it is the one that starts them
  bool meters = true;
  double load = 0;  ///< that operations_per_s is of the rate without a schedule; 0: not known
};

template <class Number>
Number number(std::string_view name, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw UsageError(fmt::format("worker: {} {}: not a number", name, text));
  }
  return value;
}

Order parse(std::span<char* const> arguments) {
  Order order;
  RunRequest& request = order.request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--no-census") {
      request.census = false;
    } else if (name == "--sites") {
      request.sites = true;
    } else if (name == "--why") {
      request.why = true;
    } else if (name == "--collect-at-poll") {
      request.heap.stress.collect_at_each_poll = true;
    } else if (name == "--collect-together") {
      request.heap.stress.collect_together = true;
    } else if (name == "--delay-workers") {
      request.heap.stress.delay_workers = true;
    } else if (name == "--no-cycle-collector") {
      request.heap.cycle_collector = false;
    } else if (name == "--processes") {
      order.processes = true;
    } else if (name == "--settle") {
      request.settles = true;
    } else if (name == "--no-meters") {
      order.meters = false;
    } else if (name == "--probe-version") {
      order.probe = true;
    } else {
      if (++i == arguments.size()) throw UsageError(fmt::format("worker: {} wants a value", name));
      const std::string_view value = arguments[i];
      if (name == "--model") {
        order.model = value;
      } else if (name == "--workload") {
        order.workload = value;
      } else if (name == "--argument") {
        request.context.argument = value;
      } else if (name == "--preload") {
        order.preload = value;
      } else if (name == "--threads") {
        request.context.threads = number<int>(name, value);
      } else if (name == "--seed") {
        request.context.seed = number<std::uint64_t>(name, value);
      } else if (name == "--heap-bytes") {
        request.heap.limit_bytes = number<std::uint64_t>(name, value);
      } else if (name == "--warmup") {
        request.warmup = number<int>(name, value);
      } else if (name == "--collect-every") {
        request.heap.stress.collect_every_nth_make = number<std::uint64_t>(name, value);
      } else if (name == "--collectors") {
        request.heap.collectors = number<std::uint64_t>(name, value);
      } else if (name == "--growth") {
        request.heap.growth = number<double>(name, value);
      } else if (name == "--explain") {
        order.explain = value;
      } else if (name == "--events") {
        order.events = value;
      } else if (name == "--gil-interval") {
        request.heap.gil_switch_interval_ns = number<std::int64_t>(name, value) * 1000;
      } else if (name == "--gil-ticks") {
        request.heap.gil_switch_ticks = number<std::int64_t>(name, value);
      } else if (name == "--free-at-most") {
        request.heap.free_at_most = number<std::uint64_t>(name, value);
      } else if (name == "--plant") {
        request.planting = parse_planting(value);
      } else if (name == "--mistake") {
        request.heap.mistakes = parse_mistake(value);
      } else if (name == "--arrival-rate") {
        request.operations_per_s = number<double>(name, value);
      } else if (name == "--load") {
        order.load = number<double>(name, value);
      } else if (name == "--result-fd") {
        order.fd = number<int>(name, value);
      } else if (name == "--place") {
        order.place = number<int>(name, value);
      } else if (name == "--parent") {
        order.parent = number<pid_t>(name, value);
      } else if (name == "-p") {
        const auto equals = value.find('=');
        if (equals == value.npos) throw UsageError("worker: -p wants name=value");
        request.context.parameters.set(value.substr(0, equals),
                                       number<double>(name, value.substr(equals + 1)));
      } else {
        throw UsageError(fmt::format("worker: unknown argument {}", name));
      }
    }
  }
  return order;
}

/// Parameters that were not given have their standard values, so that a worker can be run by hand.
void complete(Parameters& parameters, const WorkloadInfo& workload) {
  for (const ParameterInfo& info : workload.parameters) {
    if (!parameters.all().contains(info.name)) parameters.set(info.name, info.standard);
  }
}

Json result_json(const RunResult& run, const Entry& entry, const Order& order) {
  Json result;
  result["wall_s"] = run.wall_s;
  result["user_s"] = run.user_s;
  result["sys_s"] = run.sys_s;
  result["ops"] = run.outcome.operations;
  result["checksum"] = fmt::format("0x{:016x}", run.outcome.checksum);
  result["peak_rss_bytes"] = run.peak_rss_bytes;
  result["baseline_rss_bytes"] = run.baseline_rss_bytes;
  result["minor_faults"] = run.minor_faults;
  result["major_faults"] = run.major_faults;
  result["voluntary_switches"] = run.voluntary_switches;
  result["involuntary_switches"] = run.involuntary_switches;
  add_census(result, run, entry.model->reclaims);
  result["stops"] = Json::object();
  for (const auto& [cause, histogram] : run.stops) {
    result["stops"][std::string(stop_cause_names[static_cast<std::size_t>(cause)])] =
        stop_json(histogram);
  }
  result["mmu"] = order.meters ? utilisation_json(run, *entry.model) : Json();
  result["memory"] =
      order.meters
          ? memory_json(run, *entry.model, entry.workload->peak_live_bytes(order.request.context))
          : Json();
  result["latency"] = latency_json(run, order.request.operations_per_s, order.load);
  result["extra"] = Json::object();
  for (const auto& [name, value] : run.extra) result["extra"][name] = value;
  return result;
}

void write_line(int fd, const Json& json) {
  if (!write_text(fd, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n")) {
    throw std::system_error(errno, std::generic_category(), "cannot give the result");
  }
}

/// Dies with the parent, even if that is killed outright.
void follow(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it was gone before we asked
}

int complain(int exit_code, const std::string& line) {
  fmt::print(stderr, "reclaim: {}\n", line);
  return exit_code;
}

/// Opens the file behind what is there, and heads this worker's lines.
int begin_to_explain(const Order& order) {
  const int descriptor =
      ::open(order.explain.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + order.explain);
  }
  const WorkloadContext& context = order.request.context;
  const HeapOptions& heap = order.request.heap;
  const std::string line =
      fmt::format("# {} on {}, {} thread{}, heap {}\n", order.workload, order.model,
                  context.threads, context.threads == 1 ? "" : "s",
                  heap.limit_bytes != 0 ? format_bytes(heap.limit_bytes)
                                        : fmt::format("grow:{}x", heap.growth));
  dprintf(descriptor, "%s", line.c_str());
  return descriptor;
}

std::string title_of(const Order& order) {
  const int threads = order.request.context.threads;
  return fmt::format("{} on {}, {} thread{}", order.workload, order.model, threads,
                     threads == 1 ? "" : "s");
}

/// Runs the part of one process among those of a cell, and leaves its stops where they are merged.
Json run_in_place(Order& order, const Entry& entry, RunFunction run) {
  RunRequest& request = order.request;
  const int processes = request.context.threads;
  ::signal(SIGPIPE, SIG_IGN);  // others that are gone are an error of write()
  const processes::SharedStage stage = processes::SharedStage::open(processes::stage_memory);
  processes::Post post(*stage, order.place, processes);
  const Apart apart{order.place, &stage->tickets, &post};
  request.context.apart = &apart;
  request.stage = &*stage;
  request.heap.limit_bytes /= static_cast<std::uint64_t>(processes);
  const RunResult result = run(request);
  for (const auto& [cause, histogram] : result.stops) {
    if (histogram.count() == 0) continue;  // its pages stay untouched
    stage->stops(static_cast<std::size_t>(order.place), static_cast<std::size_t>(cause)) =
        histogram;
  }
  Json json = result_json(result, entry, order);
  json["begin_ns"] = result.begin_ns;
  json["end_ns"] = result.end_ns;
  return json;
}

int run_order(Order& order, std::span<char* const> arguments) {
  if (const std::string wrong = wrong_malloc(order.preload); !wrong.empty()) {
    return complain(1, wrong);
  }
  if (order.probe) {
    write_line(order.fd, {{"version", malloc_version()}});
    return 0;
  }
  if (order.processes && order.place < 0) {
    write_line(order.fd, conduct(arguments, order.request.context.threads));
    return 0;
  }
  const Entry* entry = find_entry(order.model, order.workload);
  if (entry == nullptr) {
    return complain(2, fmt::format("worker: no entry for workload '{}' on model '{}'",
                                   order.workload, order.model));
  }
  const bool errs = order.request.heap.mistakes.any();
  const RunFunction run = errs                   ? entry->run_erring
                          : order.request.sites  ? entry->run_sited
                          : order.request.census ? entry->run
                                                 : entry->run_uncounted;
  if (run == nullptr) {
    const char* kind = errs ? "erring" : order.request.sites ? "sited" : "uncounted";
    return complain(limit_met_exit_code, fmt::format("the {} {} on {} was not compiled", kind,
                                                     order.workload, order.model));
  }
  order.request.heap.mistakes.seed = order.request.context.seed;
  complete(order.request.context.parameters, *entry->workload);
  if (!order.explain.empty()) order.request.heap.explain_descriptor = begin_to_explain(order);
  if (order.processes)
    order.meters = false;  // they are merged, and nobody watches over all of them
  HeapOptions& heap = order.request.heap;
  heap.keep_events = !order.events.empty() ? KeepEvents::stops_and_holds
                     : order.meters        ? KeepEvents::stops
                                           : KeepEvents::none;
  order.request.gives_back = order.meters;
  order.request.time_requests = order.meters || order.request.operations_per_s > 0;
  if (order.processes) {
    write_line(order.fd, run_in_place(order, *entry, run));
    return 0;
  }
  const RunResult result = run(order.request);
  if (!order.events.empty()) append_events(order.events, title_of(order), result);
  write_line(order.fd, result_json(result, *entry, order));
  return 0;
}

}  // namespace

std::vector<std::string> worker_arguments(const Cell& cell, const std::string& preload) {
  std::vector<std::string> arguments = {"worker",
                                        "--model",
                                        std::string(cell.entry->model->id),
                                        "--workload",
                                        std::string(cell.entry->workload->id),
                                        "--threads",
                                        fmt::format("{}", cell.context.threads),
                                        "--seed",
                                        fmt::format("{}", cell.context.seed),
                                        "--warmup",
                                        fmt::format("{}", cell.warmup),
                                        "--result-fd",
                                        fmt::format("{}", result_fd),
                                        "--parent",
                                        fmt::format("{}", ::getpid())};
  const auto add = [&](const char* name, std::string value) {
    arguments.emplace_back(name);
    arguments.push_back(std::move(value));
  };
  if (cell.processes) arguments.emplace_back("--processes");
  if (!preload.empty()) add("--preload", preload);
  if (!cell.context.argument.empty()) add("--argument", cell.context.argument);
  if (cell.heap_limit_bytes) add("--heap-bytes", fmt::format("{}", *cell.heap_limit_bytes));
  if (cell.heap && cell.heap->kind == HeapLimit::Kind::growing) {
    add("--growth", fmt::format("{}", cell.heap->times));
  }
  if (!cell.explain.empty()) add("--explain", cell.explain);
  if (!cell.events.empty()) add("--events", cell.events);
  if (cell.stress.collect_every_nth_make != 0) {
    add("--collect-every", fmt::format("{}", cell.stress.collect_every_nth_make));
  }
  if (cell.stress.collect_at_each_poll) arguments.emplace_back("--collect-at-poll");
  if (cell.stress.collect_together) arguments.emplace_back("--collect-together");
  if (cell.stress.delay_workers) arguments.emplace_back("--delay-workers");
  if (cell.collectors != 0) add("--collectors", fmt::format("{}", cell.collectors));
  if (cell.gil_interval_us != 0) add("--gil-interval", fmt::format("{}", cell.gil_interval_us));
  if (cell.gil_ticks != 0) add("--gil-ticks", fmt::format("{}", cell.gil_ticks));
  if (cell.free_at_most != 0) add("--free-at-most", fmt::format("{}", cell.free_at_most));
  if (!cell.cycle_collector) arguments.emplace_back("--no-cycle-collector");
  if (cell.planting.any()) add("--plant", format_planting(cell.planting));
  if (cell.mistakes.any()) add("--mistake", format_mistake(cell.mistakes));
  if (cell.settles) arguments.emplace_back("--settle");
  if (!cell.meters) arguments.emplace_back("--no-meters");
  if (cell.arrivals) {
    add("--arrival-rate", fmt::format("{}", cell.arrival_rate));
    add("--load", fmt::format("{}", cell.arrivals->load));
  }
  if (!cell.census) arguments.emplace_back("--no-census");
  if (cell.sites) arguments.emplace_back("--sites");
  if (cell.why) arguments.emplace_back("--why");
  for (const auto& [name, value] : cell.context.parameters.all()) {
    add("-p", fmt::format("{}={}", name, value));
  }
  return arguments;
}

std::vector<std::string> version_probe_arguments(const std::string& preload) {
  std::vector<std::string> arguments = {"worker", "--probe-version", "--result-fd",
                                        fmt::format("{}", result_fd)};
  if (!preload.empty()) arguments.insert(arguments.end(), {"--preload", preload});
  return arguments;
}

int worker_main(std::span<char* const> arguments) {
  try {
    Order order = parse(arguments);
    if (order.parent != 0) follow(order.parent);
    return run_order(order, arguments);
  } catch (const UsageError& error) {
    return complain(2, error.what());
  } catch (const std::bad_alloc&) {
    return complain(out_of_memory_exit_code, "out of memory: operator new");
  } catch (const std::system_error& error) {
    switch (error.code().value()) {
      case EAGAIN:
        return complain(limit_met_exit_code, fmt::format("pids: {}", error.what()));
      case EMFILE:
      case ENFILE:
        return complain(limit_met_exit_code, fmt::format("files: {}", error.what()));
      case ENOMEM:
        return complain(limit_met_exit_code, fmt::format("memory: {}", error.what()));
      default:
        return complain(1, error.what());
    }
  } catch (const std::exception& error) {
    return complain(1, error.what());
  }
}

}  // namespace reclaim::cells
