// Entries that misbehave on purpose, so that every end of a cell can be seen without a real model.
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/exhaustion.h"
#include "base/rng.h"
#include "cells/meeting.h"
#include "cells/registry.h"
#include "measure/rss.h"
#include "processes/post.h"

namespace reclaim::cells {

namespace {

constexpr ModelInfo fake_models[] = {
    {.id = "plain", .like = "nothing", .summary = "reclaims all"},
    {.id = "other",
     .like = "nothing",
     .summary = "reclaims cycles too",
     .tells_why = true,
     .collects_cycles = true},
    {.id = "limited",
     .like = "nothing",
     .summary = "has a heap limit",
     .has_heap_limit = true,
     .explains = true},
    {.id = "mallocs", .like = "nothing", .summary = "calls malloc", .uses_malloc = true},
    {.id = "never", .like = "nothing", .summary = "reclaims nothing", .reclaims = false},
};

constexpr ParameterInfo parameters[] = {
    {"objects", "objects allocated", 10, 100, 1000, 1, 1e6},
    {"fraction", "a share", 0.25, 0.5, 0.75, 0, 1},
};

constexpr ParameterInfo death_parameters[] = {
    {"phase", "when the second process is killed", 0, 0, 0, 0, 5},
    {"objects", "objects allocated", 10, 100, 1000, 1, 1e6},
};

std::uint64_t peak(const WorkloadContext& context) {
  return 1000 * static_cast<std::uint64_t>(context.parameters.integer("objects"));
}

std::uint64_t planted(const WorkloadContext& context) {
  return static_cast<std::uint64_t>(context.parameters.integer("objects")) / 10;
}

std::uint64_t peak_of_file(const WorkloadContext& context) {
  std::ifstream file(context.argument);
  std::uint64_t bytes = 0;
  if (!(file >> bytes)) throw std::runtime_error(context.argument + ": damaged fake trace");
  return bytes;
}

WorkloadInfo workload(std::string_view id) {
  return {.id = id,
          .shows = "one way to end",
          .parameters = parameters,
          .scaling = WorkScaling::total,
          .peak_live_bytes = peak,
          .shares = shares_nothing};
}

RunResult good(const RunRequest& request) {
  RunResult result;
  const auto objects = static_cast<std::uint64_t>(request.context.parameters.integer("objects"));
  result.outcome = {Rng(request.context.seed + objects).next(), objects};
  result.wall_s = 0.001;
  result.user_s = 0.001;
  result.baseline_rss_bytes = measure::resident_bytes();
  result.peak_rss_bytes = measure::peak_resident_bytes();
  result.census.emplace();
  result.census->add({"Fake", objects, 8 * objects, 0, 0});
  Histogram stops;
  for (int i = 1; i <= 50; ++i) stops.record(i * 1000);
  result.stops.emplace_back(StopCause::minor_gc, stops);
  result.extra.emplace_back("warmup", request.warmup);
  return result;
}

RunResult with_leaks(const RunRequest& request, std::uint64_t leaked) {
  RunResult result = good(request);
  const std::uint64_t objects = result.outcome.operations;
  result.census.emplace();
  result.census->add({"Fake", objects, 8 * objects, leaked, 8 * leaked});
  return result;
}

// The behaviours. `model` is an index into fake_models.

template <int model>
RunResult fine(const RunRequest& request) {
  if (!fake_models[model].reclaims) {
    return with_leaks(request, good(request).outcome.operations);
  }
  RunResult result = good(request);
  if (request.why) {
    result.why = {{"Fake", KeptBy::root, 3, 24, 2, "Global → Array[7] → Fake"},
                  {"Twin", KeptBy::ring, 4, 32, 0, "ring of 2: Twin.0 → Twin.0 → Twin"}};
  }
  return result;
}

/// With a census by site; it says nothing of those that are left, for none are expected.
template <int model>
RunResult sited(const RunRequest& request) {
  RunResult result = good(request);
  const std::uint64_t objects = result.outcome.operations;
  result.census->sites.push_back({"Fake", "cells/fakes.cpp", 7, objects, 8 * objects, 0, 0});
  return result;
}

template <int model>
RunResult crash(const RunRequest&) {
  ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make an exit code of it
  ::raise(SIGSEGV);
  std::abort();
}

template <int model>
RunResult hang(const RunRequest&) {
  while (true) ::pause();
}

template <int model>
RunResult exhaust(const RunRequest& request) {
  out_of_memory("fake make", 64, request.heap.limit_bytes);
}

/// Has no room for an answer.
template <int model>
RunResult unasked(const RunRequest& request) {
  if (request.why) return exhaust<model>(request);
  return good(request);
}

/// Needs at least 123 456 bytes of heap.
template <int model>
RunResult needs_heap(const RunRequest& request) {
  if (request.heap.limit_bytes != 0 && request.heap.limit_bytes < 123'456)
    return exhaust<model>(request);
  return good(request);
}

/// Another checksum on the model "other".
template <int model>
RunResult wrong(const RunRequest& request) {
  RunResult result = good(request);
  if (fake_models[model].id == "other") result.outcome.checksum += 1;
  return result;
}

template <int model>
RunResult leak(const RunRequest& request) {
  return with_leaks(request, 3);
}

/// Leaks what was planted where the model collects no cycles.
template <int model>
RunResult cycle(const RunRequest& request) {
  return with_leaks(request, fake_models[model].collects_cycles ? 0 : planted(request.context));
}

template <int model>
RunResult threadless(const RunRequest&) {
  throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again),
                          "cannot start a thread");
}

template <int model>
RunResult silent(const RunRequest&) {
  ::_exit(0);
}

template <int model>
RunResult broken(const RunRequest&) {
  throw std::runtime_error("the fake is broken");
}

/// Leaves a process behind that would live for ever, and says which.
template <int model>
RunResult litter(const RunRequest& request) {
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ::pause();
  }
  RunResult result = good(request);
  result.extra.emplace_back("child", child);
  return result;
}

/// Whether this process has mimalloc in it.
template <int model>
RunResult owner(const RunRequest& request) {
  RunResult result = good(request);
  result.extra.emplace_back("has_mimalloc", ::dlsym(RTLD_DEFAULT, "mi_version") != nullptr);
  return result;
}

/// Leaves a mark in the file $RECLAIM_MARKS when its work is done.
template <int model>
RunResult marked(const RunRequest& request) {
  if (const char* marks = std::getenv("RECLAIM_MARKS")) std::ofstream(marks, std::ios::app) << '.';
  return good(request);
}

/// What its heap would be told of a GIL.
template <int model>
RunResult gil(const RunRequest& request) {
  RunResult result = good(request);
  result.extra.emplace_back("interval_ns", request.heap.gil_switch_interval_ns);
  result.extra.emplace_back("ticks", request.heap.gil_switch_ticks);
  return result;
}

/// The second of several processes is killed while it starts, waits, works, waits or tells; or (5)
/// while the others wait for its messages. Others that it waits for never come.
template <int model>
RunResult dies(const RunRequest& request) {
  const Apart& apart = *request.context.apart;
  const auto phase = request.context.parameters.integer("phase");
  const bool is_victim = apart.index == 1;
  const auto dies_now = [&](int when) {
    if (is_victim && phase == when) ::raise(SIGKILL);
  };
  std::thread killer;
  const auto dies_while = [&](int when, processes::Phase waiting) {
    if (phase != when) return;
    if (!is_victim) {
      while (true) ::pause();
    }
    killer = std::thread([&request, waiting] {
      while (request.stage->phases[1].load() != waiting) std::this_thread::yield();
      ::raise(SIGKILL);
    });
  };
  Meeting meeting{request};
  dies_now(0);
  dies_while(1, processes::Phase::ready);
  meeting.start();
  dies_now(2);
  if (phase == 5) {
    // Whoever waits for the first waits for one that waits for the second.
    std::string message;
    if (is_victim) apart.post->pipe(0).receive(message);
    processes::talk([&] {
      if (apart.index == 0) apart.post->pipe(1).send(processes::bytes_of(phase));
      if (apart.index == 0) apart.post->pipe(1).receive(message);
      if (apart.index == 2) apart.post->pipe(0).receive(message);
      ::raise(SIGKILL);
    });
  }
  dies_while(3, processes::Phase::finished);
  meeting.end();
  meeting.leave();
  dies_now(4);
  return good(request);
}

/// 1000 requests of each thread, of 1 microsecond each, when they are due; of 2 without a schedule,
/// so that a schedule can be told by its result. On a clock of its own.
template <int model>
RunResult serve(const RunRequest& request) {
  RunResult result = good(request);
  result.begin_ns = 1;
  result.end_ns = 2'000'001;
  if (!request.time_requests) return result;
  RequestLogs& logs = result.requests.emplace(request.context.threads, request.operations_per_s);
  for (int thread = 0; thread < request.context.threads; ++thread) {
    std::int64_t now = 1;
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t due = logs.of(thread).next_due_ns(now);
      now = std::max(now, due);
      logs.of(thread).add({due, now, now + (due == 0 ? 2000 : 1000)});
      now += due == 0 ? 2000 : 1000;
    }
  }
  return result;
}

template <int model>
RunResult replay(const RunRequest& request) {
  RunResult result;
  result.outcome = {peak_of_file(request.context), 1};
  return result;
}

WorkloadInfo with(WorkloadInfo info, std::uint64_t (*planted_objects)(const WorkloadContext&)) {
  info.planted_cyclic_objects = planted_objects;
  return info;
}

WorkloadInfo serving(WorkloadInfo info) {
  info.serves_requests = true;
  return info;
}

/// Each mistake has another end.
template <int model>
RunResult erring(const RunRequest& request) {
  switch (request.heap.mistakes.mistake) {
    case Mistake::forget_free: {
      RunResult result = with_leaks(request, 5);
      result.census->leaked_at.push_back({"Fake", "cells/fakes.cpp", 7, 5});
      return result;
    }
    case Mistake::double_free: {
      constexpr std::string_view line = "reclaim: double free: Fake of 8 bytes\n";
      end_process(mistake_exit_code, line.data(), line.size());
    }
    case Mistake::use_after_free: {
      RunResult result = good(request);
      result.outcome.checksum += 1;
      return result;
    }
    case Mistake::missing_lock:
      break;
  }
  return crash<model>(request);
}

template <int model>
bool register_model() {
  struct Behaviour {
    const WorkloadInfo* info;
    RunFunction run;
  };
  static const WorkloadInfo fine_info = workload("fine"), crash_info = workload("crash"),
                            hang_info = workload("hang"), exhaust_info = workload("exhaust"),
                            unasked_info = workload("unasked"),
                            needs_heap_info = workload("needs-heap"),
                            wrong_info = workload("wrong"), leak_info = workload("leak"),
                            cycle_info = with(workload("cycle"), planted),
                            threadless_info = workload("threadless"),
                            silent_info = workload("silent"), broken_info = workload("broken"),
                            litter_info = workload("litter"), owner_info = workload("owner"),
                            gil_info = workload("gil"), marked_info = workload("marked"),
                            serve_info = serving(workload("serve"));
  static const WorkloadInfo dies_info{.id = "dies",
                                      .shows = "a process that is killed",
                                      .parameters = death_parameters,
                                      .scaling = WorkScaling::total,
                                      .peak_live_bytes = peak,
                                      .shares = shares_nothing};
  static const WorkloadInfo sharing_info{
      .id = "sharing",
      .shows = "work that cannot be split",
      .parameters = parameters,
      .scaling = WorkScaling::total,
      .peak_live_bytes = peak,
      .shares = [](const WorkloadContext&) -> std::string_view { return "a teapot"; }};
  static const WorkloadInfo replay_info{.id = "replay",
                                        .shows = "a file",
                                        .parameters = {},
                                        .scaling = WorkScaling::total,
                                        .peak_live_bytes = peak_of_file,
                                        .argument_name = "FILE"};
  for (const Behaviour& b : std::initializer_list<Behaviour>{
           {&fine_info, fine<model>},       {&crash_info, crash<model>},
           {&hang_info, hang<model>},       {&exhaust_info, exhaust<model>},
           {&unasked_info, unasked<model>}, {&needs_heap_info, needs_heap<model>},
           {&wrong_info, wrong<model>},     {&leak_info, leak<model>},
           {&cycle_info, cycle<model>},     {&threadless_info, threadless<model>},
           {&silent_info, silent<model>},   {&broken_info, broken<model>},
           {&litter_info, litter<model>},   {&owner_info, owner<model>},
           {&gil_info, gil<model>},         {&marked_info, marked<model>},
           {&dies_info, dies<model>},       {&sharing_info, fine<model>},
           {&serve_info, serve<model>},     {&replay_info, replay<model>}}) {
    const RunFunction errs = b.info == &fine_info ? erring<model> : nullptr;
    const RunFunction by_site = b.info == &fine_info && model == 0 ? sited<model> : nullptr;
    register_entry({&fake_models[model], b.info, b.run, nullptr, errs, by_site});
  }
  return true;
}

[[maybe_unused]] const bool registered = register_model<0>() && register_model<1>() &&
                                         register_model<2>() && register_model<3>() &&
                                         register_model<4>();

}  // namespace

}  // namespace reclaim::cells
