#include "peers/bars.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "measure/statistics.h"
#include "peers/table.h"

namespace reclaim::peers {

namespace {

using Which = Results::Which;

const std::vector<std::string> lru_size = {"capacity=100000", "keys=200000", "requests=500000"};
const std::vector<std::string> quads_size = {"depth=9"};

/// Looks results up by what they are of.
class Finder {
 public:
  explicit Finder(const std::vector<const Results*>& all) : all_(all) {}

  const Results* find(const Piece& piece, const std::string& contender) const {
    for (const Results* results : all_) {
      const Work& work = *results->work;
      if (results->ok() && results->contender->id == contender &&
          work.workload->id == piece.workload && work.context.threads == piece.threads &&
          work.heap_label == piece.heap && same_parameters(work, piece)) {
        return results;
      }
    }
    return nullptr;
  }

  /// The contenders of a family ("java") that have results.
  std::vector<const Results*> family(const Piece& piece, const std::string& name) const {
    std::vector<const Results*> found;
    for (const Results* results : all_) {
      const std::string& id = results->contender->id;
      if (id != name && !id.starts_with(name + ":")) continue;
      if (find(piece, id) == results) found.push_back(results);
    }
    return found;
  }

 private:
  static bool same_parameters(const Work& work, const Piece& piece) {
    return std::all_of(piece.parameters.begin(), piece.parameters.end(),
                       [&](const std::string& word) {
                         const auto equals = word.find('=');
                         return work.context.parameters.real(word.substr(0, equals)) ==
                                std::stod(word.substr(equals + 1));
                       });
  }

  const std::vector<const Results*>& all_;
};

double steady(const Results& results) { return measure::median(results.steady_ms()); }

double quantile(const Results& results, Which which, double q) {
  const auto pauses = results.pauses_ms(which);
  return pauses.empty() ? 0 : measure::quantile(pauses, q);
}

/// The rows of the table of claims.
class Claims {
 public:
  explicit Claims(const std::vector<const Results*>& all) : finder_(all) {}

  /// gen's steady time <= factor * the best of the family's.
  void time(const Piece& piece, double factor, const std::string& family) {
    const Results* gen = finder_.find(piece, "gen");
    const Results* best = nullptr;
    for (const Results* other : finder_.family(piece, family)) {
      if (best == nullptr || steady(*other) < steady(*best)) best = other;
    }
    const std::string bar = fmt::format("time ≤ {} × {}", factor, family);
    if (gen == nullptr || best == nullptr) return add(piece, bar, std::nullopt, 0, "");
    add(piece, bar, steady(*gen) / steady(*best), factor, "× " + best->contender->id);
  }

  /// Work per second of `many` >= factor * that of one thread.
  void scaling(const Piece& one, const Piece& many, double factor) {
    const Results* alone = finder_.find(one, "gen");
    const Results* together = finder_.find(many, "gen");
    const std::string bar = fmt::format("work per second ≥ {} × 1 thread's", factor);
    if (alone == nullptr || together == nullptr) return add(many, bar, std::nullopt, 0, "");
    const double gain = many.threads * steady(*alone) / steady(*together);
    add(many, bar, gain, -factor, "× 1 thread");
  }

  /// A quantile of gen's pauses <= most milliseconds.
  void pause(const Piece& piece, const char* name, double q, double most) {
    const Results* gen = finder_.find(piece, "gen");
    const std::string bar = fmt::format("pauses' {} ≤ {} ms", name, most);
    if (gen == nullptr) return add(piece, bar, std::nullopt, 0, "");
    add(piece, bar, quantile(*gen, Which::all, q), most, "ms");
  }

  /// gen's longest pause <= the least of the JVM's collectors' longest.
  void longest_pause(const Piece& piece) {
    const Results* gen = finder_.find(piece, "gen");
    double least = std::numeric_limits<double>::infinity();
    for (const Results* java : finder_.family(piece, "java")) {
      least = std::min(least, quantile(*java, Which::all, 1));
    }
    const std::string bar = "longest pause ≤ least of java";
    if (gen == nullptr || least > 1e300) return add(piece, bar, std::nullopt, 0, "");
    add(piece, bar, quantile(*gen, Which::all, 1) / least, 1, fmt::format("× {:.2f} ms", least));
  }

  /// Live bytes per second of a full collection, as the workload counts bytes.
  void full_rate(const Piece& piece, double factor, const std::string& other) {
    const Results* gen = finder_.find(piece, "gen");
    const Results* java = finder_.find(piece, other);
    const std::string bar = fmt::format("full collections' bytes/s ≥ {} × {}", factor, other);
    if (gen == nullptr || java == nullptr) return add(piece, bar, std::nullopt, 0, "");
    const double ours = quantile(*gen, Which::full, 0.5),
                 theirs = quantile(*java, Which::full, 0.5);
    if (ours == 0 || theirs == 0) return add(piece, bar, std::nullopt, 0, "");
    add(piece, bar, theirs / ours, -factor, fmt::format("({:.0f} and {:.0f} ms)", ours, theirs));
  }

  /// Small pauses beside a large live set against those beside a small one.
  void steady_pauses(const Piece& small, const Piece& large, double factor) {
    const Results* with_small = finder_.find(small, "gen");
    const Results* with_large = finder_.find(large, "gen");
    const std::string bar = fmt::format("young pauses' p50 ≤ {} × depth {}'s", factor,
                                        small.parameters.front().substr(6));
    if (with_small == nullptr || with_large == nullptr) {
      return add(large, bar, std::nullopt, 0, "");
    }
    const double little = quantile(*with_small, Which::young, 0.5);
    const double much = quantile(*with_large, Which::young, 0.5);
    if (little == 0) return add(large, bar, std::nullopt, 0, "");
    add(large, bar, much / little, factor, fmt::format("({:.3f} and {:.3f} ms)", much, little));
  }

  /// gen completes wherever the other does.
  void completes(const Piece& piece, const std::string& other) {
    const bool ours = finder_.find(piece, "gen") != nullptr;
    const bool theirs = finder_.find(piece, other) != nullptr;
    lines_.push_back({piece.workload, at(piece), "completes where " + other + " does",
                      fmt::format("{}; {}: {}", ours ? "yes" : "no", other, theirs ? "yes" : "no"),
                      ours || theirs ? (ours ? "met" : "missed") : "not measured"});
  }

  std::string text() const { return markdown(lines_); }

 private:
  static std::string at(const Piece& piece) {
    return fmt::format("{} thread{}, {}{}", piece.threads, piece.threads == 1 ? "" : "s",
                       piece.heap,
                       piece.workload == "live-set" ? ", " + piece.parameters.front() : "");
  }

  /// A negative bound is one to reach, a positive one not to exceed.
  void add(const Piece& piece, const std::string& bar, std::optional<double> measured, double bound,
           const std::string& unit) {
    if (!measured) {
      lines_.push_back({piece.workload, at(piece), bar, "—", "not measured"});
      return;
    }
    const bool met = bound < 0 ? *measured >= -bound : *measured <= bound;
    lines_.push_back({piece.workload, at(piece), bar, fmt::format("{:.2f} {}", *measured, unit),
                      met ? "met" : "missed"});
  }

  Finder finder_;
  std::vector<std::vector<std::string>> lines_ = {{"work", "at", "bar", "measured", ""}};
};

}  // namespace

const std::vector<Piece>& bar_pieces() {
  const auto piece = [](const char* workload, const std::vector<std::string>& parameters,
                        int threads, const char* heap) {
    return Piece{.workload = workload,
                 .parameters = parameters,
                 .threads = threads,
                 .heap = heap,
                 .warmup = {},
                 .repeats = {}};
  };
  // So much garbage that most young pauses are not those of the time when the live tree is made.
  const auto live_set = [](const char* depth) {
    return Piece{.workload = "live-set",
                 .parameters = {depth, "trees=1000000"},
                 .threads = 1,
                 .heap = "3GB",
                 .warmup = 1,
                 .repeats = 1};
  };
  static const std::vector<Piece> pieces = {piece("gcbench", {}, 1, "50MB"),
                                            piece("gcbench", {}, 2, "100MB"),
                                            piece("gcbench", {}, 1, "1.5min"),
                                            piece("gcbench", {}, 1, "2min"),
                                            piece("gcbench", {}, 1, "3min"),
                                            piece("gcbench", {}, 1, "5min"),
                                            piece("lru-cache", lru_size, 1, "3x"),
                                            piece("lru-cache", lru_size, 2, "3x"),
                                            piece("quads", quads_size, 1, "3x"),
                                            piece("quads", quads_size, 2, "3x"),
                                            live_set("depth=9"),
                                            live_set("depth=10"),
                                            live_set("depth=12")};
  return pieces;
}

std::string bar_table(const std::vector<const Results*>& all) {
  Claims claims{all};
  const std::vector<Piece>& p = bar_pieces();
  const Piece &one = p[0], &two = p[1];
  claims.time(one, 0.75, "java");
  claims.time(one, 0.4, "manual:mimalloc");
  claims.time(one, 2, "bump");
  claims.time(two, 0.85, "java");
  claims.scaling(one, two, 1.6);
  for (std::size_t i = 2; i < 6; ++i) claims.completes(p[i], "java:serial");
  for (std::size_t i = 6; i < 10; ++i) claims.time(p[i], 1, "java");
  for (const std::size_t i : {0u, 1u, 6u, 7u, 8u, 9u}) claims.time(p[i], 0.35, "boehm");
  claims.pause(one, "p50", 0.5, 0.3);
  claims.pause(one, "p99", 0.99, 3);
  claims.longest_pause(one);
  claims.full_rate(p[12], 0.8, "java:parallel");
  claims.steady_pauses(p[10], p[11], 1.5);
  claims.steady_pauses(p[10], p[12], 1.5);
  return claims.text();
}

}  // namespace reclaim::peers
