// Each cell of a program that erred comes to one fate; the table shows it by model and mistake.
#include "report/mistakes.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "report/format.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

/// What became of one program, in a word or two.
struct Fate {
  std::string text;
  Emphasis emphasis = Emphasis::plain;
};

Fate fate_of(const Cell& cell) {
  if (cell.ok()) {
    const auto made = cell.extra.find("mistakes_made");
    if (made != cell.extra.end() && made->second == 0) return {"—", Emphasis::quiet};
    if (!cell.census || !cell.census->leaked) return {"none", Emphasis::best};
    const std::uint64_t left = cell.census->leaked->objects;
    const std::uint64_t expected = cell.expected_leaks.value_or(0);
    if (left <= expected) return {"none", Emphasis::best};
    return {"leak " + count(static_cast<double>(left - expected)), Emphasis::plain};
  }
  if (cell.status == "crashed") return {"crash", Emphasis::alarm};
  if (cell.status == "timeout") return {"hang", Emphasis::alarm};
  if (cell.status == "failed" && cell.message.starts_with("checksum")) {
    return {"wrong", Emphasis::alarm};
  }
  if (cell.status == "failed") return {"named", Emphasis::plain};
  return {cell.status == "out_of_memory" ? "no memory" : cell.status, Emphasis::quiet};
}

/// What several rounds came to: one fate, or each with its number.
TableCell joined(const std::vector<const Cell*>& cells) {
  std::map<std::string, std::pair<std::size_t, Emphasis>> fates;
  for (const Cell* cell : cells) {
    const Fate fate = fate_of(*cell);
    auto& [number, emphasis] = fates[fate.text];
    ++number;
    emphasis = fate.emphasis;
  }
  if (fates.empty()) return {"", Emphasis::quiet};
  if (fates.size() == 1) return {fates.begin()->first, fates.begin()->second.second};
  TableCell result;
  for (const auto& [text, fate] : fates) {
    if (!result.text.empty()) result.text += ", ";
    result.text += fmt::format("{} × {}", fate.first, text);
    if (fate.second == Emphasis::alarm) result.emphasis = Emphasis::alarm;
  }
  return result;
}

}  // namespace

std::vector<MistakesOfProgram> mistakes_of(const Results& results) {
  using Program = std::tuple<std::string, std::string, std::string, int>;
  std::map<Program, std::vector<const Cell*>> programs;
  for (const Cell& cell : results.erring) {
    programs[{cell.workload, cell.size, cell.parameters, cell.threads}].push_back(&cell);
  }
  std::vector<MistakesOfProgram> all;
  for (const auto& [program, cells] : programs) {
    std::set<std::string> mistakes, models, remarks;
    std::map<std::pair<std::string, std::string>, std::vector<const Cell*>> at;
    for (const Cell* cell : cells) {
      mistakes.insert(cell->mistake);
      models.insert(cell->model);
      at[{cell->model, cell->mistake}].push_back(cell);
      if (fate_of(*cell).text == "named") {
        remarks.insert(fmt::format("{}, {}: {}", cell->model, cell->mistake, cell->message));
      }
      for (const LeakSite& site : cell->leaked_at) {
        remarks.insert(fmt::format("{}, {}: {} left of {} made at {}:{}", cell->model,
                                   cell->mistake, count(static_cast<double>(site.objects)),
                                   site.type, site.file, site.line));
      }
    }
    MistakesOfProgram result;
    result.title = fmt::format("{}, {}", std::get<0>(program), threads_words(std::get<3>(program)));
    result.table.columns.push_back({"model", "who was given the program", false});
    for (const std::string& mistake : mistakes) {
      result.table.columns.push_back({mistake, "the mistake, and how often it was made", false});
    }
    for (const std::string& model : models) {
      std::vector<TableCell> row{{model, Emphasis::plain}};
      for (const std::string& mistake : mistakes) row.push_back(joined(at[{model, mistake}]));
      result.table.rows.push_back(std::move(row));
    }
    result.remarks.assign(remarks.begin(), remarks.end());
    all.push_back(std::move(result));
  }
  return all;
}

}  // namespace reclaim::report
