// See page_parts.h.
#include "report/page_parts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/escape.h"
#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

const char* class_of(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::plain:
      return "";
    case Emphasis::best:
      return "best";
    case Emphasis::quiet:
      return "quiet-text";
    case Emphasis::alarm:
      return "alarm-text";
  }
  return "";
}

std::string classes(bool numeric, Emphasis emphasis) {
  std::string result = numeric ? "" : "t";
  const std::string more = class_of(emphasis);
  if (!result.empty() && !more.empty()) result += ' ';
  result += more;
  return result.empty() ? result : " class=\"" + result + "\"";
}

std::string open_scroll(const std::string& label) {
  return fmt::format("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">",
                     markup(label));
}

/// A model's name that may break after its colon and before its plus.
std::string breakable(const std::string& model) {
  std::string result;
  for (const char c : model) {
    if (c == '+') result += "<wbr/>";
    result += markup(std::string(1, c));
    if (c == ':') result += "<wbr/>";
  }
  return result;
}

std::string ratio_text(const Row& row, double value, const std::optional<measure::Difference>& test,
                       bool best) {
  if (!row.leak.reclaims && !best) return "(" + ratio(value) + ")";
  switch (standing(value, test, best)) {
    case Standing::indistinct:
      return "~" + ratio(value);
    case Standing::untested:
      return "?" + ratio(value);
    case Standing::best:
    case Standing::differs:
      break;
  }
  return ratio(value);
}

std::string matrix_cell(const Scenario& scenario, const std::string& model, Quantity quantity) {
  const Row* row = scenario.find(model);
  if (row == nullptr) return "<td class=\"quiet-text\">–</td>";
  const bool time = quantity == Quantity::time;
  const auto& value = time ? row->wall_ratio : row->rss_ratio;
  const auto& test = time ? row->wall_test : row->rss_test;
  const auto& best_index = time ? scenario.fastest : scenario.leanest;
  if (!value) {
    const std::string status = short_failure(*row);
    return fmt::format("<td class=\"alarm-text\">{}</td>", status.empty() ? "–" : markup(status));
  }
  const bool best = best_index && &scenario.rows[*best_index] == row;
  const double median = time ? row->wall.median : row->peak_rss.median;
  const bool competes = best || row->leak.reclaims;
  const std::string look = competes
                               ? fmt::format("{}style=\"--h:{:.2f}\"",
                                             best ? "class=\"best\" " : "", heat_of(*value) * 0.6)
                               : "class=\"quiet-text\"";
  return fmt::format("<td {} title=\"{}\">{}</td>", look,
                     markup((time ? duration(median) : bytes(median)) + ", " + model),
                     ratio_text(*row, *value, test, best));
}

std::string model_headings(const Analysis& analysis, const char* first) {
  std::string result = fmt::format("<thead><tr><th scope=\"col\" class=\"t\">{}</th>", first);
  for (const std::string& model : analysis.models) {
    result += fmt::format("<th scope=\"col\"><a href=\"#{}\">{}</a></th>",
                          analysis.pages.at(std::string(id_of(model))), breakable(model));
  }
  return result + "</tr></thead>\n";
}

std::string setting_link(const Setting& setting) {
  return fmt::format("<th scope=\"row\"><a href=\"#{}\">{}</a></th>", setting.anchor,
                     markup(setting.title));
}

/// Rows of a matrix, grouped by thread count.
template <class CellOf>
std::string matrix_rows(const Analysis& analysis, CellOf cell_of) {
  std::string result;
  for (const int threads : analysis.threads) {
    bool over = false;
    std::string rows;
    for (const Setting& setting : analysis.settings) {
      for (const Scenario& scenario : setting.scenarios) {
        if (scenario.threads != threads) continue;
        over = over || scenario.oversubscribed;
        rows += "<tr>" + setting_link(setting);
        for (const std::string& model : analysis.models) rows += cell_of(scenario, model);
        rows += "</tr>\n";
      }
    }
    result += fmt::format(
        "<tbody><tr class=\"group\"><th scope=\"rowgroup\" "
        "colspan=\"{}\">{}{}</th></tr>\n{}</tbody>\n",
        analysis.models.size() + 1, threads_words(threads),
        over ? ", more than the machine has cores" : "", rows);
  }
  return result;
}

std::string leak_matrix_cell(const Scenario& scenario, const std::string& model) {
  const Row* row = scenario.find(model);
  if (row == nullptr || !row->leak.counted) return "<td class=\"quiet-text\">–</td>";
  const std::string left = count(static_cast<double>(row->leak.left.objects));
  if (!row->leak.reclaims) return "<td class=\"quiet-text\">(" + left + ")</td>";
  const bool wrong = row->leak.unexpected() || row->leak.missing();
  const char* style = wrong ? "alarm-text" : row->leak.left.objects == 0 ? "quiet-text" : "";
  return fmt::format("<td class=\"{}\">{}</td>", style, left);
}

}  // namespace

double heat_of(double ratio) {
  constexpr double full = 16;
  return std::clamp(std::log(std::max(ratio, 1.0)) / std::log(full), 0.0, 1.0);
}

std::string table_html(const Table& table, const std::string& caption) {
  std::string result =
      open_scroll(caption) + "<table><caption>" + markup(caption) + "</caption><thead><tr>";
  for (const Column& column : table.columns) {
    result += fmt::format("<th scope=\"col\"{} title=\"{}\">{}</th>",
                          classes(column.numeric, Emphasis::plain), markup(column.explanation),
                          markup(column.heading));
  }
  result += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    result += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      const char* tag = c == 0 ? "th" : "td";
      result += fmt::format("<{}{}{}>{}</{}>", tag, c == 0 ? " scope=\"row\"" : "",
                            classes(table.columns[c].numeric, row[c].emphasis),
                            link_to(row[c].anchor, row[c].text), tag);
    }
    result += "</tr>\n";
  }
  return result + "</tbody></table></div>\n";
}

std::string sentences_html(const std::vector<Conclusion>& conclusions, const Links& links) {
  std::string result = "<ul class=\"said\">\n";
  const Conclusion* before = nullptr;
  for (const Conclusion& conclusion : conclusions) {
    const bool more = before != nullptr && before->topic == conclusion.topic;
    result += fmt::format(
        "<li class=\"{}{}\"><b>{}</b><span>{}</span> <span class=\"certainty\">{}</span></li>\n",
        more ? "more" : "topic", conclusion.alarming ? " alarm" : "",
        link_to(conclusion.anchor, topic_name(conclusion.topic)), links.linked(conclusion.text),
        markup(conclusion.certainty));
    before = &conclusion;
  }
  return result + "</ul>\n";
}

std::string legend_html(const Table& table) {
  std::string result = "<details><summary>What the columns and signs mean</summary><dl>\n";
  for (const Column& column : table.columns) {
    result +=
        fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup(column.heading), markup(column.explanation));
  }
  for (const Sign& sign : signs()) {
    result += fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup(sign.sign), markup(sign.meaning));
  }
  return result + "</dl></details>\n";
}

std::string matrix_html(const Analysis& analysis, Quantity quantity) {
  const bool time = quantity == Quantity::time;
  const char* caption = time ? "Wall time, relative to the fastest model of the row"
                             : "Peak resident memory, relative to the leanest model of the row";
  return fmt::format("<div id=\"{}\">", time ? "time-of-all" : "memory-of-all") +
         open_scroll(caption) + "<table class=\"matrix\"><caption>" + caption + "</caption>" +
         model_headings(analysis, "workload") +
         matrix_rows(analysis,
                     [&](const Scenario& scenario, const std::string& model) {
                       return matrix_cell(scenario, model, quantity);
                     }) +
         "</table></div></div>\n";
}

std::string leaks_table_html(const Analysis& analysis) {
  const char* caption =
      "Objects still live after the end; in brackets those of models that never free";
  return open_scroll(caption) + "<table class=\"matrix\"><caption>" + caption + "</caption>" +
         model_headings(analysis, "workload") + matrix_rows(analysis, leak_matrix_cell) +
         "</table></div>\n";
}

std::string leaked_types_html(const Analysis& analysis) {
  Table table;
  table.columns = {{"model", "", false},
                   {"workload", "", false},
                   {"threads", ""},
                   {"type", "", false},
                   {"objects", "as counted in the first round that leaked"},
                   {"bytes", "as asked for, without headers"}};
  for (const Setting& setting : analysis.settings) {
    for (const Scenario& scenario : setting.scenarios) {
      for (const Row& row : scenario.rows) {
        if (!row.leak.reclaims || row.leak.left.objects == 0) continue;
        const auto first = std::find_if(row.cells.begin(), row.cells.end(), [](const Cell* cell) {
          return cell->ok() && cell->census && cell->census->leaked &&
                 cell->census->leaked->objects > 0;
        });
        if (first == row.cells.end()) continue;
        for (const TypeCount& type : (*first)->types) {
          if (!type.leaked || type.leaked->objects == 0) continue;
          table.rows.push_back({{row.model, Emphasis::plain, row.anchor},
                                {setting.title, Emphasis::plain, setting.anchor},
                                {std::to_string(scenario.threads)},
                                {type.type},
                                {count(static_cast<double>(type.leaked->objects))},
                                {bytes(static_cast<double>(type.leaked->bytes))}});
        }
      }
    }
  }
  if (table.rows.empty()) return {};
  return table_html(table, "Leaked objects by type");
}

std::string extras_html(const Setting& setting) {
  Table table;
  table.columns = {{"model", "", false},
                   {"threads", ""},
                   {"name", "as the model or the workload calls it", false},
                   {"median", "over rounds that ended well"}};
  for (const Scenario& scenario : setting.scenarios) {
    for (const Row& row : scenario.rows) {
      std::map<std::string, std::vector<double>> values;
      for (const Cell* cell : row.cells) {
        if (!cell->ok()) continue;
        for (const auto& [name, value] : cell->extra) values[name].push_back(value);
      }
      for (const auto& [name, samples] : values) {
        table.rows.push_back({{row.model, Emphasis::plain, row.anchor},
                              {std::to_string(scenario.threads)},
                              {name},
                              {fmt::format("{:.6g}", measure::median(samples))}});
      }
    }
  }
  if (table.rows.empty()) return {};
  return "<details><summary>Further numbers of models and workload</summary>" +
         table_html(table, setting.title + ", further numbers") + "</details>\n";
}

}  // namespace reclaim::report
