// Parts of the overview; overview.cpp puts them in order. Each is silent where the results have
// nothing to say of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/conclusions.h"

namespace reclaim::report {

/// Ratios of one kind, one from each workload in which both sides could be tested.
struct Ratios {
  std::vector<double> values;
  std::size_t told_apart = 0;
  std::size_t references = 0;  ///< where it is itself what others are compared with

  void add(double ratio, bool differs);
  void add_reference();
  bool empty() const { return values.empty(); }
  /// The geometric mean as text; "~" before it where no single one was told apart from 1.
  std::string mean() const;
  std::size_t comparisons() const { return values.size() - references; }
  double mean_value() const { return measure::geometric_mean(values); }
  /// "geometric mean of 13 workloads, 0.98× to 2.10×; told apart in 12".
  std::string certainty() const;
};

/// How many comparisons all of them hold, and in how many both sides were told apart.
struct Comparisons {
  std::size_t all = 0, told_apart = 0;
};
Comparisons comparisons_of(const std::map<std::string, Ratios>& by_name);

/// Adds each of the named samples, six and more, to its ratios: over those with the least median.
void add_over_best(const std::vector<std::pair<std::string, std::vector<double>>>& named,
                   std::map<std::string, Ratios>& by_name);

/// "a 1.20×, b 1.31× and c 2.00×", least or greatest first.
enum class Order : unsigned char { least_first, greatest_first };
std::string list_of(const std::map<std::string, Ratios>& by_name, Order order);

/// More memory for less time, longer stops for less time, more threads for more work. tradeoffs.cpp
std::optional<Conclusion> memory_for_time(const Analysis& analysis);
std::optional<Conclusion> pauses_for_time(const Analysis& analysis);
std::optional<Conclusion> scaling(const Analysis& analysis);

/// How late requests are answered, and the share of time that mutators have. responsiveness.cpp
std::optional<Conclusion> late_answers(const Analysis& analysis);
std::optional<Conclusion> time_for_mutators(const Analysis& analysis);

/// What one mechanism costs, beside models that do without. mechanisms.cpp
std::optional<Conclusion> cost_of_one_lock(const Results& results, const Analysis& analysis);
std::optional<Conclusion> cost_of_counting(const Results& results, const Analysis& analysis);
std::optional<Conclusion> choice_of_allocator(const Analysis& analysis);
std::optional<Conclusion> cost_of_meters(const Results& results);

}  // namespace reclaim::report
