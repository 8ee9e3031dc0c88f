// All experiments, in the order of their claims. They are in the themes' files.
#include <algorithm>
#include <charconv>

#include "cli/experiments/themes.h"

namespace reclaim::cli {

namespace {

std::vector<Experiment> of_all_themes() {
  std::vector<Experiment> all;
  for (const auto theme : themes) {
    const std::span<const Experiment> some = theme();
    all.insert(all.end(), some.begin(), some.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Experiment& a, const Experiment& b) { return a.number < b.number; });
  return all;
}

}  // namespace

std::span<const Experiment> experiments() {
  static const std::vector<Experiment> all = of_all_themes();
  return all;
}

const Experiment* find_experiment(std::string_view id) {
  for (const Experiment& experiment : experiments()) {
    if (experiment.id == id) return &experiment;
  }
  return nullptr;
}

std::vector<const Experiment*> find_experiments(std::string_view name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = error == std::errc{} && end == name.data() + name.size();
  std::vector<const Experiment*> found;
  for (const Experiment& experiment : experiments()) {
    if (is_number ? experiment.number == number : experiment.id == name) {
      found.push_back(&experiment);
    }
  }
  return found;
}

}  // namespace reclaim::cli
