// What the numbers say, in words, by the rules that rules() prints beside them. No score, no winner
// over all: each sentence speaks of one tradeoff and says how sure it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

enum class Topic : unsigned char {
  work,
  failures,
  time,
  memory,
  price,  ///< memory for time
  stops,
  latency,
  utilisation,
  threads,
  lock,  ///< one over all threads
  counting,
  allocators,
  leaks,
  claims,  ///< that were put to the test
  meters
};

/// The topic's name as it stands before a sentence.
std::string_view topic_name(Topic topic);

/// One sentence, plain text (renderers escape it).
struct Conclusion {
  Topic topic = Topic::time;
  std::string text;
  std::string certainty;  ///< how sure, and why
  bool alarming = false;  ///< something is wrong with the run or the model, not merely slow
  std::string anchor{};   ///< where in the page its numbers are; empty: beside it
};

/// Sentences for one setting, the most important first.
std::vector<Conclusion> conclude(const Setting& setting);

/// Sentences for one model, spelled as in the results, over all settings.
std::vector<Conclusion> conclude(const Analysis& analysis, const std::string& model);

/// Sentences over all settings: one for each tradeoff that the results speak of, in the order of
/// Topic. `analysis` is that of `results`.
std::vector<Conclusion> overview(const Results& results, const Analysis& analysis);

/// The rules by which the sentences are drawn, for printing beside them.
std::span<const std::string_view> rules();

/// How work per second changes for a model between two thread counts of a setting.
struct ThreadScaling {
  std::string model;
  double factor = 1;  ///< over 1: more work per second
  measure::Interval interval;
  bool differs = false;  ///< from a factor of 1
};

/// The two thread counts that scaling speaks of: the least, and the greatest that the machine has
/// cores for (the greatest of all where there is none). {0, 0} when there is only one count.
struct ThreadStep {
  int from = 0, to = 0;
};
ThreadStep thread_step(const Setting& setting);

/// Best first; only models with six rounds at both counts.
std::vector<ThreadScaling> thread_scaling(const Setting& setting, ThreadStep step);

}  // namespace reclaim::report
