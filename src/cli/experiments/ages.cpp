// Claim 12, seen over time: what lives through the collections of gen, and grows old.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <tuple>

#include "cli/experiments/rules.h"
#include "models/gen/gen.h"

namespace reclaim::cli {

namespace {

using cells::Json;
using Table = report::Experiment::Table;

template <class M>
struct Node : M::template Object<Node<M>> {
  typename M::template Field<Node> next;
  std::int64_t numbers[6] = {};
  static constexpr auto refs() { return std::tuple{&Node::next}; }
};

/// A file without a name, for what a heap says of its collections.
class Log {
 public:
  Log() : descriptor_(::memfd_create("collections", MFD_CLOEXEC)) {}
  ~Log() { ::close(descriptor_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  int descriptor() const { return descriptor_; }
  std::vector<std::string> lines() const {
    std::ifstream file(fmt::format("/proc/self/fd/{}", descriptor_));
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }

 private:
  int descriptor_;
};

/// A line that models/gen/explain.cpp wrote.
std::optional<Json> read_line(const std::string& line) {
  double at = 0, nursery = 0, lived = 0, promoted = 0;
  unsigned number = 0, age = 0;
  char kind[8] = "";
  if (std::sscanf(line.c_str(), "gen: %lf s: #%u %5[a-z]:", &at, &number, kind) != 3) return {};
  const std::size_t young = line.find("; nursery "), next = line.find("promotion after ");
  if (young == line.npos || next == line.npos) return {};
  if (std::sscanf(line.c_str() + young, "; nursery %lf MB, %lf MB lived (%*f %%), %lf MB of it",
                  &nursery, &lived, &promoted) != 3 ||
      std::sscanf(line.c_str() + next, "promotion after %u", &age) != 1) {
    return {};
  }
  return Json{
      {"at_s", at},         {"number", number}, {"major", std::string_view(kind) == "major"},
      {"nursery", nursery}, {"lived", lived},   {"promoted", promoted},
      {"age", age}};
}

/// Makes nodes; of those that are kept, each lives as long as `window` others.
Json cohorts(std::int64_t nodes, std::int64_t kept_of_each, std::int64_t window) {
  using M = Gen<>;
  using Nodes = M::Array<Node<M>>;
  const Log log;
  HeapOptions options;
  options.limit_bytes = 32'000'000;
  options.explain_descriptor = log.descriptor();
  M::Heap heap{options};
  {
    M::Mutator m{heap};
    const M::Local<Nodes> live{m, m.make_array<Node<M>>(static_cast<std::size_t>(window))};
    for (std::int64_t i = 0; i < nodes; ++i) {
      const M::Local<Node<M>> node{m, m.make<Node<M>>()};
      if (i % kept_of_each == 0) {
        m.store(live, static_cast<std::size_t>(i / kept_of_each % window), node);
      }
    }
  }
  Json collections = Json::array();
  for (const std::string& line : log.lines()) {
    if (std::optional<Json> one = read_line(line)) collections.push_back(std::move(*one));
  }
  return {{"collections", collections},
          {"allocated", static_cast<double>(nodes * std::int64_t{sizeof(Node<M>)}) * 1e-6}};
}

std::int64_t node_count(const std::string& size) { return size == "tiny" ? 500'000 : 4'000'000; }
/// One in twenty lives for a while.
Json most_die_young(const std::string& size) { return cohorts(node_count(size), 20, 20'000); }

constexpr std::array<Observation, 1> ages_observations = {{{"gen", most_die_young}}};

/// At most `most` of the rows, evenly.
std::vector<std::vector<std::string>> thinned(std::vector<std::vector<std::string>> rows,
                                              std::size_t most) {
  if (rows.size() <= most) return rows;
  std::vector<std::vector<std::string>> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(rows[i * (rows.size() - 1) / (most - 1)]);
  return some;
}

Finding judge_ages(const Evidence& e) {
  const Json& observed = e.observed("gen");
  if (observed.is_null() || observed.at("collections").empty()) {
    return undecidable("nothing was collected");
  }
  double nursery = 0, promoted = 0;
  std::size_t minor = 0, major = 0;
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : observed.at("collections")) {
    const bool full = one.at("major");
    (full ? major : minor) += 1;
    nursery += one.at("nursery").get<double>();
    promoted += one.at("promoted").get<double>();
    rows.push_back({fmt::format("{}", one.at("number").get<unsigned>()),
                    fmt::format("{:.3f}", one.at("at_s").get<double>()), full ? "all" : "young",
                    fmt::format("{:.1f}", one.at("nursery").get<double>()),
                    fmt::format("{:.1f}", one.at("lived").get<double>()),
                    fmt::format("{:.1f}", one.at("promoted").get<double>()),
                    fmt::format("{}", one.at("age").get<unsigned>())});
  }
  const double share = nursery > 0 ? promoted / nursery : 1;
  return decided(
      share <= 0.2 && minor >= 4 * major && minor > 0,
      fmt::format("{} collections of the young, {} of all; of {:.0f} MB that the young space held, "
                  "{:.1f} MB grew old ({:.1f} %)",
                  minor, major, nursery, promoted, 100 * share),
      {Table{
          "Collection by collection, in MB",
          {"collection", "at, s", "of the", "young space", "lived", "grew old", "age to grow old"},
          thinned(std::move(rows), 20)}});
}

constexpr std::array<Experiment, 1> ages_theme = {{
    {12, "ages", "Most objects die young: what has lived through some collections is moved apart.",
     "where one object in twenty is kept, at most a fifth of what the young space holds grows old, "
     "and the young are collected at least 4 times for each collection of all",
     judge_ages, nullptr, ages_observations},
}};

}  // namespace

std::span<const Experiment> ages_experiments() { return ages_theme; }

}  // namespace reclaim::cli
