#include "peers/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "measure/statistics.h"

namespace reclaim::peers {

namespace {

constexpr const char* none = "—";

/// Characters, not bytes: the dashes of this table have three.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::string ms(double value) {
  return fmt::format("{:.{}f}", value, value < 1 ? 3 : value < 10 ? 2 : 1);
}

std::string megabytes(double bytes) { return fmt::format("{:.0f}", bytes * 1e-6); }

}  // namespace

std::string markdown(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 3);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  std::string text;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    text += "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = i < lines[l].size() ? lines[l][i] : "";
      const std::string pad(widths[i] - width(cell), ' ');
      text += i == 0 ? " " + cell + pad + " |" : " " + pad + cell + " |";
    }
    text += "\n";
    if (l != 0) continue;
    text += "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text +=
          i == 0 ? std::string(widths[i] + 2, '-') + "|" : std::string(widths[i] + 1, '-') + ":|";
    }
    text += "\n";
  }
  return text;
}

std::string table(const std::vector<const Results*>& rows, const std::string& against) {
  double base = 0;
  for (const Results* row : rows) {
    if (row->contender->id == against && row->ok()) base = measure::median(row->steady_ms());
  }
  std::vector<std::vector<std::string>> lines = {
      {"contender", "first ms", "steady ms", "IQR", "CPU ms", "peak RSS MB", "allocated MB",
       "young + full", "p50 ms", "p99 ms", "max ms", "full p50 ms", "/ " + against}};
  std::string absent;
  for (const Results* row : rows) {
    if (!row->ok()) {
      const std::string why = row->samples.empty()
                                  ? "skipped: " + obstacle(*row->contender, *row->work)
                                  : row->trouble();
      absent += row->contender->id + ": " + why + "\n";
      continue;
    }
    std::vector<std::string>& line = lines.emplace_back();
    line.push_back(row->contender->id);
    const auto steady = row->steady_ms();
    const auto pauses = row->pauses_ms(Results::Which::all);
    const auto full = row->pauses_ms(Results::Which::full);
    const auto allocated = row->allocated_bytes();
    double rounds = 0;
    for (const Sample& sample : row->samples) {
      rounds += static_cast<double>(sample.account.rounds.size());
    }
    line.push_back(ms(measure::median(row->first_ms())));
    line.push_back(ms(measure::median(steady)));
    line.push_back(ms(measure::quantile(steady, 0.25)) + "–" + ms(measure::quantile(steady, 0.75)));
    line.push_back(ms(measure::median(row->cpu_ms())));
    line.push_back(megabytes(measure::median(row->rss_bytes())));
    line.push_back(allocated ? megabytes(*allocated) : none);
    if (pauses.empty()) {
      line.insert(line.end(), 5, none);
    } else {
      line.push_back(fmt::format("{:.1f} + {:.1f}",
                                 static_cast<double>(pauses.size() - full.size()) / rounds,
                                 static_cast<double>(full.size()) / rounds));
      line.push_back(ms(measure::quantile(pauses, 0.5)));
      line.push_back(pauses.size() >= 100 ? ms(measure::quantile(pauses, 0.99)) : none);
      line.push_back(ms(*std::max_element(pauses.begin(), pauses.end())));
      line.push_back(full.empty() ? none : ms(measure::median(full)));
    }
    line.push_back(base > 0 ? fmt::format("{:.2f}", measure::median(steady) / base) : none);
  }
  return markdown(lines) + (absent.empty() ? "" : "\n" + absent);
}

}  // namespace reclaim::peers
