// The summary picture: time and memory of every model on every workload, side by side, because
// neither means much without the other. Stands alone: own colours for light and dark, no outside
// font.
#include <fmt/core.h>

#include <algorithm>

#include "report/escape.h"
#include "report/format.h"
#include "report/page_parts.h"
#include "report/report.h"
#include "report/summary.h"
#include "report/table.h"
#include "report/terminal_text.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

constexpr int cell_width = 62;
constexpr int cell_height = 28;
constexpr int label_width = 152;
constexpr int panel_gap = 40;
constexpr int margin = 24;
constexpr int top = 132;  // title, subtitle, panel title, model names
constexpr std::size_t longest_label = 20;
constexpr std::size_t longest_name = 12;

constexpr const char* style =
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
    "font-variant-numeric:tabular-nums;fill:#1b1d21}.s{fill:#5d636d}.h{font-size:18px;font-weight:"
    "600}"
    ".p{font-weight:600}.m{font-size:10.5px;fill:#5d636d}.v{text-anchor:middle}.b{font-weight:700;"
    "fill:#00664b}.a{fill:#b3261e;font-size:10px}.paper{fill:#fff}.heat{fill:#c46210}"
    ".ring{fill:none;stroke:#00664b;stroke-width:1.5}"
    "@media (prefers-color-scheme:dark){text{fill:#e6e8eb}.s,.m{fill:#9aa2ad}.b{fill:#4fd1a5}"
    ".a{fill:#ff8a80}.paper{fill:#15181c}.heat{fill:#f0963c}.ring{stroke:#4fd1a5}}";

std::string words(int x, int y, const char* kind, std::string_view what) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, kind, markup(what));
}

/// A model's name in up to three lines, broken before a plus and after a colon; the last line
/// stands on `y`.
std::string model_name(int x, int y, const std::string& model) {
  std::vector<std::string> lines(1);
  for (const char c : model) {
    if (c == '+' && !lines.back().empty()) lines.emplace_back();
    if (c == ':') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  constexpr int line_height = 13;
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int above = static_cast<int>(lines.size() - 1 - i);
    result += words(x, y - above * line_height, "m v", cut(lines[i], longest_name));
  }
  return result;
}

std::string cell(int x, int y, const Scenario& scenario, const std::string& model, bool time) {
  const Row* row = scenario.find(model);
  const int middle = x + cell_width / 2;
  const int base = y + cell_height / 2 + 4;
  if (row == nullptr) return words(middle, base, "s v", "–");
  const auto& value = time ? row->wall_ratio : row->rss_ratio;
  const auto& test = time ? row->wall_test : row->rss_test;
  const auto& best_index = time ? scenario.fastest : scenario.leanest;
  if (!value) {
    const std::string status = short_failure(*row);
    return words(middle, base, "a v", status.empty() ? "–" : cut(status, longest_name));
  }
  const bool best = best_index && &scenario.rows[*best_index] == row;
  const Standing stands = standing(value, test, best);
  std::string result;
  if (best || row->leak.reclaims) {
    result = fmt::format(
        "<rect class=\"heat\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" "
        "fill-opacity=\"{:.2f}\"/>\n",
        x + 1, y + 1, cell_width - 2, cell_height - 2, heat_of(*value) * 0.6);
  }
  std::string text = ratio(*value);
  if (best) {
    result += fmt::format(
        "<rect class=\"ring\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
        "rx=\"4\"/>\n",
        x + 2, y + 2, cell_width - 4, cell_height - 4);
  } else if (!row->leak.reclaims) {
    text = "(" + text + ")";
  } else if (stands != Standing::differs) {
    text = (stands == Standing::indistinct ? "~" : "?") + text;
  }
  return result + words(middle, base, best ? "b v" : row->leak.reclaims ? "v" : "s v", text);
}

}  // namespace

std::string summary_svg(const Results& results, const Analysis& analysis) {
  const int models = static_cast<int>(analysis.models.size());
  const int rows = static_cast<int>(analysis.settings.size());
  const int panel = models * cell_width;
  const int width = std::max(720, 2 * margin + label_width + 2 * panel + panel_gap);
  const int height = top + rows * cell_height + 68;
  std::string result = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">Time and memory of "
      "memory "
      "models</title>\n<desc id=\"d\">For each workload and model, wall time relative to the "
      "fastest "
      "and peak memory relative to the leanest.</desc>\n<style>{2}</style>\n"
      "<rect class=\"paper\" width=\"{0}\" height=\"{1}\" rx=\"8\"/>\n",
      width, height, style);
  result += words(margin, 36, "h", "What memory management costs");
  result +=
      words(margin, 56, "s",
            analysis.settings.empty() ? "No cell has finished." : what_was_compared(analysis));
  for (const bool time : {true, false}) {
    if (analysis.settings.empty()) break;
    const int left = margin + label_width + (time ? 0 : panel + panel_gap);
    result +=
        words(left, 82, "p", time ? "Wall time, × the fastest" : "Peak memory, × the leanest");
    for (int m = 0; m < models; ++m) {
      result += model_name(left + m * cell_width + cell_width / 2, top - 8,
                           analysis.models[static_cast<std::size_t>(m)]);
    }
    for (int r = 0; r < rows; ++r) {
      const Setting& setting = analysis.settings[static_cast<std::size_t>(r)];
      const Scenario& scenario = setting.main_scenario();
      const int y = top + r * cell_height;
      if (time) {
        result += words(margin, y + cell_height / 2 + 4, "",
                        cut(setting.title, longest_label) + fmt::format(" ·{}", scenario.threads));
      }
      for (int m = 0; m < models; ++m) {
        result += cell(left + m * cell_width, y, scenario,
                       analysis.models[static_cast<std::size_t>(m)], time);
      }
    }
  }
  result +=
      words(margin, height - 38, "s",
            "·n: threads. Outlined: best of the row. ~ not told apart from it. ? under six "
            "rounds. ( ) never frees, does not compete. Read both halves: time is bought with "
            "memory.");
  std::string machine;
  for (const auto& [name, value] : facts(results, analysis)) {
    if (name != "Machine" && name != "System" && name != "Started") continue;
    machine += (machine.empty() ? "" : " · ") + value;
  }
  result += words(margin, height - 18, "s", machine);
  return result + "</svg>\n";
}

}  // namespace reclaim::report
