// What threads take, and what does the same with fewer.
#include <fmt/format.h>

#include <array>

#include "cli/experiments/rules.h"

namespace reclaim::cli {

namespace {

using Of = Evidence::Of;
using Parameters = std::vector<std::pair<std::string_view, double>>;

std::string text_of(std::optional<double> value, double unit, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value / unit) : "—";
}

/// Why there are no figures, e.g. "skipped: files: ..."; the dash where that is not known.
std::string reason(const Evidence& e, const Of& of) {
  const std::string said = e.message(of);
  if (said.empty()) return "—";
  return e.ended(of, "skipped") != 0 ? "skipped: " + said : said;
}

// --- 15 ---

struct Carrier {
  const char* name;
  int number;  ///< the parameter of `pages`
  std::vector<int> requests;
};
const std::array<Carrier, 3>& carriers() {
  static const std::array<Carrier, 3> all = {{{"coroutines", 1, {5, 50, 500, 2000, 10'000}},
                                              {"threads", 0, {5, 50, 500, 2000, 10'000}},
                                              {"processes", 2, {5, 50}}}};
  return all;
}

Of pages_of(int way, int requests) {
  return {"rc-atomic", "pages", 1, {}, {{"way", way}, {"requests", requests}}};
}

Plans async_plans(const std::string& size) {
  Plans plans;
  for (const Carrier& carrier : carriers()) {
    for (const int requests : carrier.requests) {
      if (size == "tiny" && requests > 50) continue;
      cells::PlanRequest request = plan(size, {"rc-atomic:glibc"}, "pages", {1});
      request.parameters = {fmt::format("way={}", carrier.number),
                            fmt::format("requests={}", requests)};
      if (requests > 500) request.rounds = requests > 2000 ? 1 : 3;
      plans.push_back(std::move(request));
    }
  }
  return plans;
}
std::optional<double> switches(const Evidence& e, const Of& of) {
  const auto voluntary = e.median(of, "voluntary_switches");
  const auto involuntary = e.median(of, "involuntary_switches");
  if (!voluntary || !involuntary) return std::nullopt;
  return *voluntary + *involuntary + e.median(of, "switches_of_children").value_or(0);
}
Finding judge_async(const Evidence& e) {
  report::Experiment::Table table{
      "Requests that wait at the same time; memory above idle, kernel stacks (16 kB a thread) and "
      "page tables with it",
      {"requests", "by", "ms", "kB a request", "of that kernel stacks", "page tables", "switches",
       "why none"},
      {}};
  int most = 0;  // requests that both have done
  for (const Carrier& carrier : carriers()) {
    for (const int n : carrier.requests) {
      const Of of = pages_of(carrier.number, n);
      if (e.count(of) == 0) continue;
      const auto wall = e.median(of, "wall_s");
      table.rows.push_back(
          {fmt::format("{}", n), carrier.name, text_of(wall, 1e-3, "{:.1f}"),
           text_of(e.median(of, "memory_above_idle_bytes"), 1e3 * n, "{:.1f}"),
           text_of(e.median(of, "kernel_stacks_above_idle_bytes"), 1e3 * n, "{:.1f}"),
           text_of(e.median(of, "page_tables_above_idle_bytes"), 1e3 * n, "{:.1f}"),
           text_of(switches(e, of), 1, "{:.0f}"), wall ? "" : reason(e, of)});
      if (n <= 2000 && e.median(pages_of(0, n), "wall_s") && e.median(pages_of(1, n), "wall_s")) {
        most = std::max(most, n);
      }
    }
  }
  if (most == 0) return undecidable(no_figures);
  const auto memory = [&](int way, int n) {
    return e.median(pages_of(way, n), "memory_above_idle_bytes").value_or(0);
  };
  const double share = memory(1, most) / memory(0, most);
  const double one = switches(e, pages_of(1, most)).value_or(0);
  const double many = switches(e, pages_of(0, most)).value_or(0);
  const double few = memory(0, 5);
  return decided(
      share <= 0.2 && one < many && few < 1e6,
      fmt::format(
          "{} requests at once: coroutines take {:.1f} MB and {:.0f} switches, threads {:.1f} "
          "MB and {:.0f}: {:.2f} of the memory; 5 requests by threads take {:.2f} MB",
          most, memory(1, most) / 1e6, one, memory(0, most) / 1e6, many, share, few / 1e6),
      {table});
}

// --- 16 ---

constexpr std::array thread_counts = {1, 8, 64, 512, 4096};

Of threads_of(int count) { return {"rc-atomic", "threads", 1, {}, {{"count", count}}}; }

Plans thread_plans(const std::string& size) {
  Plans plans = {plan(size, {"rc-atomic:glibc"}, "countdown", {1, 8, 64})};
  for (const int count : thread_counts) {
    if (size == "tiny" && count > 64) continue;
    cells::PlanRequest request = plan(size, {"rc-atomic:glibc"}, "threads", {1});
    request.parameters = {fmt::format("count={}", count)};
    if (count > 512) request.rounds = 2;
    plans.push_back(std::move(request));
  }
  return plans;
}
Finding judge_threads(const Evidence& e) {
  const Of one{"rc-atomic", "countdown", 1}, many{"rc-atomic", "countdown", 64};
  const auto one_switches = switches(e, one), many_switches = switches(e, many);
  report::Experiment::Table table{
      "Threads that do nothing, each; kB resident: user stack and heap, kernel stack, page tables",
      {"threads", "start, µs", "end, µs", "hand over, µs", "stack reserved, MB", "user, kB",
       "kernel stack, kB", "page tables, kB", "all threads, MB", "why none"},
      {}};
  const auto kept = [&](int count) {
    return e.median(threads_of(count), "anonymous_bytes").value_or(0) +
           e.median(threads_of(count), "kernel_stack_bytes").value_or(0) +
           e.median(threads_of(count), "page_table_bytes").value_or(0);
  };
  int most = 0;
  for (const int count : thread_counts) {
    const Of of = threads_of(count);
    if (e.count(of) == 0) continue;
    const auto figure = [&](const char* name, double unit) {
      return text_of(e.median(of, name), unit, "{:.3g}");
    };
    const bool done = e.median(of, "wall_s").has_value();
    if (done) most = count;
    table.rows.push_back({fmt::format("{}", count), figure("start_s", 1e-6), figure("end_s", 1e-6),
                          figure("handover_s", 1e-6), figure("stack_reserved_bytes", 1e6),
                          figure("anonymous_bytes", 1e3), figure("kernel_stack_bytes", 1e3),
                          figure("page_table_bytes", 1e3),
                          done ? fmt::format("{:.2f}", kept(count) * count / 1e6) : "—",
                          done ? "" : reason(e, of)});
  }
  if (!one_switches || !many_switches || most == 0) return undecidable(no_figures);
  const double each = kept(most);
  return decided(
      each >= 16e3 && *many_switches > *one_switches,
      fmt::format("each of {} threads keeps {:.1f} kB of the {:.1f} MB reserved for its stack; to "
                  "hand over takes {:.1f} µs; for the same countdown 64 threads take {:.0f} "
                  "switches, one {:.0f}",
                  most, each / 1e3,
                  e.median(threads_of(most), "stack_reserved_bytes").value_or(0) / 1e6,
                  e.median(threads_of(most), "handover_s").value_or(0) * 1e6, *many_switches,
                  *one_switches),
      {table});
}

const std::array<Experiment, 2> threads_theme = {{
    {15, "async",
     "For many requests at once, coroutines on one thread take less memory and fewer switches; "
     "threads do for few.",
     "2000 requests by coroutines take at most 1/5 of the memory that threads take, kernel stacks "
     "counted, and fewer switches; 5 by threads take less than 1 MB",
     judge_async, async_plans},
    {16, "threads", "Threads cost memory and switches, whether or not they help.",
     "each thread keeps at least 16 kB, and 64 take more switches than one for the same work",
     judge_threads, thread_plans},
}};

}  // namespace

std::span<const Experiment> threads_experiments() { return threads_theme; }

}  // namespace reclaim::cli
