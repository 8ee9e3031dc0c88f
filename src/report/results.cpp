// Reading results files. Fields of a wrong type are damage; unknown and missing ones are not.
#include "report/results.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>

#include "report/escape.h"
#include "report/fields.h"
#include "report/read_measures.h"
#include "report/read_objects.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

Environment read_environment(const Json& line, const std::string& source) {
  Environment result;
  result.source = source;
  result.version = text(line, "reclaim_version");
  result.git = text(line, "git");
  result.host = text(line, "host");
  if (const Json* build = object_field(line, "build")) {
    result.compiler = text(*build, "compiler");
    result.flags = text(*build, "flags");
    result.build_type = text(*build, "type");
    result.checked = truth(*build, "checked");
  }
  if (const Json* machine = object_field(line, "machine")) {
    result.cpu = text(*machine, "cpu");
    result.kernel = text(*machine, "kernel");
    result.huge_pages = text(*machine, "thp");
    result.os = text(*machine, "os");
    result.cores = whole(*machine, "cores").value_or(0);
    result.memory_bytes = whole(*machine, "memory_bytes").value_or(0);
  }
  if (const Json* allocators = object_field(line, "allocators")) {
    for (const auto& [name, version] : allocators->items()) {
      result.allocators.emplace_back(printable(name), scalar_text(version));
    }
  }
  if (const Json* seed = field(line, "seed")) result.seed = scalar_text(*seed);
  result.started = text(line, "started");
  result.command = text(line, "command");
  result.planned_cells = whole(line, "planned_cells").value_or(0);
  read_descriptions(line, result);
  return result;
}

Census read_census(const Json& object) {
  Census result;
  result.allocated = object_count(object, "allocated").value_or(ObjectCount{});
  result.reclaimed = object_count(object, "reclaimed").value_or(ObjectCount{});
  result.leaked = object_count(object, "leaked");
  result.unreclaimed = object_count(object, "unreclaimed");
  return result;
}

Stop read_stop(const Json& object) {
  if (!object.is_object()) throw Damage{"a cause in \"stops\" is not an object"};
  Stop result;
  result.count = whole(object, "count").value_or(0);
  result.total_s = amount(object, "total_s").value_or(0);
  result.p50_s = amount(object, "p50_s");
  result.p90_s = amount(object, "p90_s");
  result.p99_s = amount(object, "p99_s");
  result.max_s = amount(object, "max_s");
  result.histogram = read_buckets(object);
  return result;
}

void read_identity(const Json& line, Cell& cell) {
  cell.model = required_text(line, "model");
  if (const std::string allocator = text(line, "allocator"); !allocator.empty()) {
    cell.model += ":" + allocator;
  }
  cell.workload = required_text(line, "workload");
  cell.size = text(line, "size");
  const auto add = [&](const std::string& words) {
    cell.parameters += (cell.parameters.empty() ? "" : ", ") + words;
  };
  if (const Json* parameters = object_field(line, "params")) {
    for (const auto& [name, value] : parameters->items()) {  // sorted by name
      add(printable(name) + "=" + parameter_text(value));
    }
  }
  if (!text(line, "cycle_collector").empty()) add("no cycle collector");
  if (const std::string planted = text(line, "planted"); !planted.empty()) {
    add("planted " + planted);
  }
  if (truth(line, "by_site")) add("counted by site");
  if (const std::string rate = text(line, "arrivals"); !rate.empty()) {
    add("arrivals " + rate);
  }
  cell.heap = text(line, "heap");
  cell.mistake = text(line, "mistake");
  cell.heap_limit_bytes = amount(line, "heap_limit_bytes");
  cell.threads = small(line, "threads", 1, std::nullopt);
  cell.round = small(line, "round", 0, std::nullopt);
  cell.warmup = small(line, "warmup", 0, 0);
}

Cell read_cell(const Json& line, std::size_t environment) {
  Cell cell;
  cell.environment = environment;
  read_identity(line, cell);
  cell.status = required_text(line, "status");
  cell.message = text(line, "message");
  cell.wall_s = amount(line, "wall_s");
  cell.user_s = amount(line, "user_s");
  cell.sys_s = amount(line, "sys_s");
  cell.operations = amount(line, "ops");
  cell.checksum = text(line, "checksum");
  cell.peak_rss_bytes = amount(line, "peak_rss_bytes");
  cell.baseline_rss_bytes = amount(line, "baseline_rss_bytes");
  cell.minor_faults = amount(line, "minor_faults");
  cell.major_faults = amount(line, "major_faults");
  cell.voluntary_switches = amount(line, "voluntary_switches");
  cell.involuntary_switches = amount(line, "involuntary_switches");
  cell.work_per_thread = text(line, "work_scaling") == "per_thread";
  if (const Json* census = object_field(line, "census")) cell.census = read_census(*census);
  read_objects(line, cell);
  if (const Json* stops = object_field(line, "stops")) {
    for (const auto& [cause, stop] : stops->items()) cell.stops[printable(cause)] = read_stop(stop);
  }
  read_measures(line, cell);
  cell.expected_leaks = whole(line, "expected_leaks");
  if (const Json* extra = object_field(line, "extra")) {
    for (const auto& [name, value] : extra->items()) {
      if (value.is_number()) cell.extra[printable(name)] = value.get<double>();
    }
  }
  if (cell.ok() && !cell.wall_s) throw Damage{"status is \"ok\", but \"wall_s\" is missing"};
  return cell;
}

void check_schema(const Json& line) {
  const auto schema = whole(line, "schema").value_or(1);
  if (schema > newest_schema) {
    throw Damage{
        fmt::format("schema {} is newer than this program reads ({})", schema, newest_schema)};
  }
}

/// Reads one file's records into `results`.
class FileReader {
 public:
  FileReader(std::string name, Results& results) : name_(std::move(name)), results_(results) {}

  void read(std::string_view content) {
    const std::size_t environments_before = results_.environments.size();
    int line_number = 0;
    while (!content.empty()) {
      ++line_number;
      const std::size_t end = content.find('\n');
      const bool last_and_unended = end == std::string_view::npos;
      const std::string_view line = content.substr(0, end);
      content.remove_prefix(last_and_unended ? content.size() : end + 1);
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const Json record = Json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (record.is_discarded() && last_and_unended && line_number > 1) {
        results_.notes.push_back(
            fmt::format("{}:{}: the last line is torn (the run was killed); it was left out", name_,
                        line_number));
        continue;
      }
      try {
        take(record, results_.environments.size() > environments_before);
        results_.records.emplace_back(line);
      } catch (const Damage& damage) {
        throw BadResults(fmt::format("{}:{}: {}", name_, line_number, damage.what));
      }
    }
    if (results_.environments.size() == environments_before) {
      throw BadResults(
          fmt::format("{}:1: empty; a results file begins with an environment record", name_));
    }
  }

 private:
  using Identity = std::tuple<std::string, std::string, std::string, std::string, std::string,
                              std::string, bool, int, int, int>;

  void take(const Json& record, bool has_environment) {
    if (record.is_discarded()) throw Damage{"not JSON"};
    if (!record.is_object()) throw Damage{"not a JSON object"};
    check_schema(record);
    const std::string kind = text(record, "kind");
    if (kind == "environment") {
      results_.environments.push_back(read_environment(record, name_));
    } else if (!has_environment) {
      throw Damage{"a results file begins with an environment record"};
    } else if (kind == "cell") {
      keep(read_cell(record, results_.environments.size() - 1));
    } else if (kind == "experiment") {
      keep(read_experiment(record));
    } else if (kind.empty()) {
      throw Damage{"\"kind\" is missing"};
    }  // Records of kinds to come are no business of this reader.
  }

  void keep(Cell cell) {
    Identity identity{cell.model,   cell.workload, cell.size,    cell.parameters, cell.heap,
                      cell.mistake, cell.meters,   cell.threads, cell.round,      cell.warmup};
    std::vector<Cell>& cells = !cell.mistake.empty() ? results_.erring
                               : !cell.meters        ? results_.unmetered
                                                     : results_.cells;
    const auto [found, fresh] = seen_.emplace(std::move(identity), cells.size());
    if (fresh) {
      cells.push_back(std::move(cell));
    } else {
      cells[found->second] = std::move(cell);
    }
  }

  void keep(Experiment experiment) {
    std::vector<Experiment>& all = results_.experiments;
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const auto& other) { return other.id == experiment.id; });
    if (same != all.end()) {
      *same = std::move(experiment);
    } else {
      const auto behind = std::upper_bound(
          all.begin(), all.end(), experiment.number,
          [](std::uint64_t number, const Experiment& other) { return number < other.number; });
      all.insert(behind, std::move(experiment));
    }
  }

  std::string name_;
  Results& results_;
  std::map<Identity, std::size_t> seen_;
};

void note_what_weakens(Results& results) {
  if (results.cells.empty() && !results.unmetered.empty()) {
    results.cells.swap(results.unmetered);
    results.notes.push_back("the meters were off: what is not here was not measured");
  }
  std::uint64_t planned = 0;
  for (const Environment& environment : results.environments) {
    planned += environment.planned_cells;
    if (environment.checked) {
      results.notes.push_back(
          fmt::format("{}: measured with a checked build; its times say nothing about the models",
                      environment.source));
    }
  }
  const std::size_t present =
      results.cells.size() + results.erring.size() + results.unmetered.size();
  if (planned > present) {
    results.notes.push_back(
        fmt::format("{} of {} planned cells are here: the run did not end", present, planned));
  }
}

void check_machines(Results& results, bool mix) {
  const Environment& first = results.environments.front();
  for (const Environment& other : results.environments) {
    const std::string difference = machine_difference(first, other);
    if (difference.empty()) continue;
    const std::string what = fmt::format("{}:1: measured on another machine than {}: {}",
                                         other.source, first.source, difference);
    if (!mix) throw BadResults(what + "; --mix-machines merges them all the same");
    results.notes.push_back(what);
  }
}

/// Machines that look alike are merged, as the nodes of a cluster are; but not in silence.
void note_hosts(Results& results) {
  std::set<std::string> hosts;
  for (const Environment& environment : results.environments) {
    if (!environment.host.empty()) hosts.insert(environment.host);
  }
  if (hosts.size() < 2) return;
  results.notes.push_back(fmt::format("measured on {} machines: {}", hosts.size(),
                                      list_of({hosts.begin(), hosts.end()})));
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string content;
  if (stream) content.assign(std::istreambuf_iterator<char>(stream), {});
  if (!stream || stream.bad()) {
    throw BadResults(fmt::format("{}:1: cannot be read", printable(file.string())));
  }
  return content;
}

}  // namespace

std::string machine_difference(const Environment& a, const Environment& b) {
  constexpr double alike = 0.01;  // virtual machines differ by a few pages
  const auto memory_a = static_cast<double>(a.memory_bytes);
  const auto memory_b = static_cast<double>(b.memory_bytes);
  if (a.cpu != b.cpu) return fmt::format("processor \"{}\" against \"{}\"", b.cpu, a.cpu);
  if (a.cores != b.cores) return fmt::format("{} cores against {}", b.cores, a.cores);
  if (std::abs(memory_a - memory_b) > alike * memory_a) {
    return fmt::format("{} bytes of memory against {}", b.memory_bytes, a.memory_bytes);
  }
  if (a.kernel != b.kernel) return fmt::format("kernel \"{}\" against \"{}\"", b.kernel, a.kernel);
  if (a.huge_pages != b.huge_pages) {
    return fmt::format("transparent huge pages \"{}\" against \"{}\"", b.huge_pages, a.huge_pages);
  }
  return {};
}

Results load(std::span<const std::filesystem::path> files, LoadOptions options) {
  Results results;
  for (const auto& file : files) {
    FileReader(printable(file.string()), results).read(read_file(file));
  }
  if (results.environments.empty()) throw BadResults("no results file was given");
  check_machines(results, options.mix_machines);
  note_hosts(results);
  note_what_weakens(results);
  return results;
}

Results load_text(std::string_view text, const std::string& name) {
  Results results;
  FileReader(printable(name), results).read(text);
  check_machines(results, false);
  note_what_weakens(results);
  return results;
}

}  // namespace reclaim::report
