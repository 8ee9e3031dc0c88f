// Reading results files. Fields of a wrong type are damage; unknown and missing ones are not.
#include "report/results.h"

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>

#include "report/escape.h"

namespace reclaim::report {
namespace {

using Json = nlohmann::json;

/// Damage inside one line; the caller knows file and line.
struct Damage {
  std::string what;
};

/// Largest count that a double holds exactly.
constexpr double largest_count = 9007199254740992.0;

const Json* field(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_field(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value != nullptr && !value->is_object()) {
    throw Damage{fmt::format("\"{}\" is not an object", name)};
  }
  return value;
}

std::string text(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return {};
  if (!value->is_string()) throw Damage{fmt::format("\"{}\" is not a string", name)};
  return printable(value->get_ref<const std::string&>());
}

std::string required_text(const Json& object, const char* name) {
  std::string value = text(object, name);
  if (value.empty()) throw Damage{fmt::format("\"{}\" is missing", name)};
  return value;
}

/// A finite number that is not negative: all that is measured is such.
std::optional<double> amount(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) throw Damage{fmt::format("\"{}\" is not a number", name)};
  const double number = value->get<double>();
  if (!std::isfinite(number) || number < 0) {
    throw Damage{fmt::format("\"{}\" is {}, not an amount", name, value->dump())};
  }
  return number;
}

std::optional<std::uint64_t> whole(const Json& object, const char* name) {
  const std::optional<double> number = amount(object, name);
  if (!number) return std::nullopt;
  if (*number > largest_count || *number != std::floor(*number)) {
    throw Damage{fmt::format("\"{}\" is {}, not a count", name, field(object, name)->dump())};
  }
  return static_cast<std::uint64_t>(*number);
}

int small(const Json& object, const char* name, int least, std::optional<int> otherwise) {
  constexpr std::uint64_t most = 1'000'000;
  const auto number = whole(object, name);
  if (!number) {
    if (otherwise) return *otherwise;
    throw Damage{fmt::format("\"{}\" is missing", name)};
  }
  if (*number > most || static_cast<int>(*number) < least) {
    throw Damage{fmt::format("\"{}\" is {}, outside {}..{}", name, *number, least, most)};
  }
  return static_cast<int>(*number);
}

bool truth(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) throw Damage{fmt::format("\"{}\" is not true or false", name)};
  return value->get<bool>();
}

std::string scalar_text(const Json& value) {
  if (value.is_structured())
    throw Damage{"a name stands for a list or an object, not for one value"};
  return value.is_string() ? printable(value.get_ref<const std::string&>())
                           : printable(value.dump());
}

/// Numbers print alike whether they were written 16 or 16.0.
std::string parameter_text(const Json& value) {
  return value.is_number() ? fmt::format("{}", value.get<double>()) : scalar_text(value);
}

Environment read_environment(const Json& line, const std::string& source) {
  Environment result;
  result.source = source;
  result.version = text(line, "reclaim_version");
  result.git = text(line, "git");
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
  return result;
}

std::optional<ObjectCount> object_count(const Json& object, const std::string& prefix) {
  const auto objects = whole(object, (prefix + "_objects").c_str());
  const auto bytes = whole(object, (prefix + "_bytes").c_str());
  if (!objects && !bytes) return std::nullopt;
  return ObjectCount{objects.value_or(0), bytes.value_or(0)};
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
  return result;
}

void read_types(const Json& line, Cell& cell) {
  const Json* types = field(line, "types");
  if (types == nullptr) return;
  if (!types->is_array()) throw Damage{"\"types\" is not an array"};
  for (const Json& type : *types) {
    if (!type.is_object()) throw Damage{"an entry of \"types\" is not an object"};
    cell.types.push_back({required_text(type, "type"),
                          object_count(type, "allocated").value_or(ObjectCount{}),
                          object_count(type, "leaked")});
  }
}

void read_leak_sites(const Json& line, Cell& cell) {
  const Json* sites = field(line, "leaked_at");
  if (sites == nullptr) return;
  if (!sites->is_array()) throw Damage{"\"leaked_at\" is not an array"};
  for (const Json& site : *sites) {
    if (!site.is_object()) throw Damage{"an entry of \"leaked_at\" is not an object"};
    cell.leaked_at.push_back({required_text(site, "type"), required_text(site, "file"),
                              whole(site, "line").value_or(0), whole(site, "objects").value_or(0)});
  }
}

void read_identity(const Json& line, Cell& cell) {
  cell.model = required_text(line, "model");
  if (const std::string allocator = text(line, "allocator"); !allocator.empty()) {
    cell.model += ":" + allocator;
  }
  cell.workload = required_text(line, "workload");
  cell.size = text(line, "size");
  if (const Json* parameters = object_field(line, "params")) {
    for (const auto& [name, value] : parameters->items()) {  // sorted by name
      if (!cell.parameters.empty()) cell.parameters += ", ";
      cell.parameters += printable(name) + "=" + parameter_text(value);
    }
  }
  if (!text(line, "cycle_collector").empty()) {
    if (!cell.parameters.empty()) cell.parameters += ", ";
    cell.parameters += "no cycle collector";
  }
  if (const std::string planted = text(line, "planted"); !planted.empty()) {
    if (!cell.parameters.empty()) cell.parameters += ", ";
    cell.parameters += "planted " + planted;
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
  read_types(line, cell);
  read_leak_sites(line, cell);
  if (const Json* stops = object_field(line, "stops")) {
    for (const auto& [cause, stop] : stops->items()) cell.stops[printable(cause)] = read_stop(stop);
  }
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
                              std::string, int, int, int>;

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
    } else if (kind.empty()) {
      throw Damage{"\"kind\" is missing"};
    }  // Records of kinds to come are no business of this reader.
  }

  void keep(Cell cell) {
    Identity identity{cell.model,   cell.workload, cell.size,  cell.parameters, cell.heap,
                      cell.mistake, cell.threads,  cell.round, cell.warmup};
    std::vector<Cell>& cells = cell.mistake.empty() ? results_.cells : results_.erring;
    const auto [found, fresh] = seen_.emplace(std::move(identity), cells.size());
    if (fresh) {
      cells.push_back(std::move(cell));
    } else {
      cells[found->second] = std::move(cell);
    }
  }

  std::string name_;
  Results& results_;
  std::map<Identity, std::size_t> seen_;
};

void note_what_weakens(Results& results) {
  std::uint64_t planned = 0;
  for (const Environment& environment : results.environments) {
    planned += environment.planned_cells;
    if (environment.checked) {
      results.notes.push_back(
          fmt::format("{}: measured with a checked build; its times say nothing about the models",
                      environment.source));
    }
  }
  const std::size_t present = results.cells.size() + results.erring.size();
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
