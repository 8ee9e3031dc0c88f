#include "peers/contenders.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cells/allocators.h"
#include "cells/names.h"
#include "peers/models/live_set.h"
#include "workloads/gcbench.h"
#include "workloads/lru_cache.h"
#include "workloads/quads.h"

namespace reclaim::peers {

namespace {

std::string beside_this_program(const std::string& name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path() / name).string();
}

/// The file that a shell would start; empty when there is none.
std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* path = std::getenv("PATH");
  for (const std::string& folder : cells::split(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    std::string file = folder + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

Contender beside(std::string id, Kind kind, const std::string& program,
                 std::vector<std::string> words, const std::string& missing) {
  Contender contender{.id = std::move(id),
                      .kind = kind,
                      .program = beside_this_program(program),
                      .words = std::move(words),
                      .preload = {},
                      .missing = {},
                      .gcbench_only = false};
  if (::access(contender.program.c_str(), X_OK) != 0) contender.missing = missing;
  return contender;
}

Contender model(const std::string& id, const std::string& name, const char* census) {
  Contender contender = beside(id, Kind::model, "peer_models", {name, census}, "not built");
  const auto built = cells::split(RECLAIM_PEER_MODELS, ',');
  if (std::find(built.begin(), built.end(), name) == built.end()) {
    contender.missing = fmt::format("the model {} is not in this build", name);
  }
  return contender;
}

Contender on_mimalloc(Contender contender) {
  const cells::Binding binding = cells::find_allocator("mimalloc");
  contender.preload = binding.preload;
  if (!binding.missing.empty()) contender.missing = binding.missing;
  return contender;
}

Contender gcbench_only(Contender contender) {
  contender.gcbench_only = true;
  return contender;
}

Contender jvm(const std::string& id, const std::string& java, const std::string& collector) {
  Contender contender{.id = id,
                      .kind = Kind::jvm,
                      .program = find_program(java),
                      .words = {collector},
                      .preload = {},
                      .missing = {},
                      .gcbench_only = false};
  if (contender.program.empty()) {
    contender.missing = fmt::format("no program '{}' (openjdk-17-jdk-headless has one)", java);
  } else if (!std::filesystem::exists(beside_this_program("classes/stamp"))) {
    contender.missing =
        "its classes are not built: no javac (openjdk-17-jdk-headless) at build time";
  }
  return contender;
}

}  // namespace

std::string Work::title() const {
  return fmt::format("{}{}{}, {} thread{}, heap {}", workload->id, parameters.empty() ? "" : " ",
                     parameters, context.threads, context.threads == 1 ? "" : "s", heap_label);
}

std::string obstacle(const Contender& contender, const Work& work) {
  if (!contender.missing.empty()) return contender.missing;
  if (contender.gcbench_only && work.workload != &gcbench_info) return "does gcbench only";
  return "";
}

std::vector<Contender> all_contenders(const std::string& java) {
  return {
      model("gen", "gen", "counted"),
      model("gen:uncounted", "gen", "uncounted"),
      jvm("java:serial", java, "-XX:+UseSerialGC"),
      jvm("java:parallel", java, "-XX:+UseParallelGC"),
      jvm("java:g1", java, "-XX:+UseG1GC"),
      beside("boehm", Kind::native, "peer_boehm", {}, "not built: no libgc-dev at build time"),
      on_mimalloc(model("manual:mimalloc", "manual", "counted")),
      gcbench_only(
          on_mimalloc(beside("hand:malloc", Kind::native, "peer_hand", {"malloc"}, "not built"))),
      gcbench_only(on_mimalloc(
          beside("hand:shared_ptr", Kind::native, "peer_hand", {"shared_ptr"}, "not built"))),
      gcbench_only(beside("bump", Kind::native, "peer_bump", {}, "not built")),
  };
}

std::vector<Contender> choose(std::vector<Contender> all, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return all;
  const auto matches = [](const Contender& contender, const std::string& word) {
    return contender.id == word || contender.id.substr(0, contender.id.find(':')) == word;
  };
  std::vector<std::string> names;
  for (const Contender& contender : all) names.push_back(contender.id);
  for (const std::string& word : wanted) {
    if (std::none_of(all.begin(), all.end(), [&](const auto& c) { return matches(c, word); })) {
      throw cells::UsageError(cells::unknown_name("contender", word, names));
    }
  }
  std::erase_if(all, [&](const Contender& contender) {
    return std::none_of(wanted.begin(), wanted.end(),
                        [&](const std::string& word) { return matches(contender, word); });
  });
  return all;
}

cells::ProcessRequest process_of(const Contender& contender, const Work& work, double timeout_s) {
  cells::ProcessRequest request;
  request.program = contender.program;
  request.timeout_s = timeout_s;
  request.environment = cells::worker_environment(contender.preload);
  std::vector<std::string>& words = request.arguments;
  words = contender.words;
  if (contender.kind == Kind::jvm) {
    std::erase_if(request.environment, [](const std::string& variable) {
      return variable.starts_with("JAVA_TOOL_OPTIONS=") || variable.starts_with("_JAVA_OPTIONS=") ||
             variable.starts_with("JDK_JAVA_OPTIONS=");
    });
    if (work.heap_bytes != 0) {
      words.push_back(fmt::format("-Xms{}", work.heap_bytes));
      words.push_back(fmt::format("-Xmx{}", work.heap_bytes));
    }
    words.push_back(fmt::format("-Xlog:gc:file=/dev/fd/{}::filecount=0", cells::result_fd));
    words.insert(words.end(), {"-cp", beside_this_program("classes"), "reclaim.peers.Peer"});
  }
  words.emplace_back(work.workload->id);
  const auto say = [&](std::string_view name, const auto& value) {
    words.push_back(fmt::format("{}={}", name, value));
  };
  say("threads", work.context.threads);
  say("seed", work.context.seed);
  say("rounds", work.warmup + work.repeats);
  say("limit", work.heap_bytes);
  say("result", cells::result_fd);
  for (const auto& [name, value] : work.context.parameters.all()) say(name, value);
  return request;
}

std::uint64_t least_heap(const Contender& contender, Work work,
                         const cells::InterruptGuard& guard) {
  work.warmup = 0;
  work.repeats = 1;
  const auto completes = [&](double bytes) {
    work.heap_bytes = static_cast<std::uint64_t>(bytes);
    const auto end = cells::run_process(process_of(contender, work, 60), guard);
    return end.kind == cells::ProcessEnd::Kind::exited && end.code == 0;
  };
  double fails = static_cast<double>(work.workload->peak_live_bytes(work.context)) / 4;
  double does = fails;
  do {
    does *= 4;
    if (does > fails * 64 || guard.interrupted()) return 0;
  } while (!completes(does));
  while (does > fails * 1.02 && !guard.interrupted()) {
    const double middle = (does + fails) / 2;
    (completes(middle) ? does : fails) = middle;
  }
  return static_cast<std::uint64_t>(does);
}

std::vector<const WorkloadInfo*> peer_workloads() {
  return {&gcbench_info, &lru_cache_info, &quads_info, &live_set_info};
}

std::string java_version(const std::string& java, const cells::InterruptGuard& guard) {
  cells::ProcessRequest request;
  request.program = find_program(java);
  if (request.program.empty()) return "";
  request.arguments = {"-version"};
  request.environment = cells::worker_environment("");
  const cells::ProcessEnd end = cells::run_process(request, guard);
  const auto lines = cells::split(end.errors, '\n');
  return lines.empty() ? "" : lines.front();
}

}  // namespace reclaim::peers
