// Results files by people who mean harm: whatever stands in them, the reporter refuses it or
// renders it, and no name becomes markup, a formula or a code for the terminal in any format.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/rng.h"
#include "report/escape.h"
#include "report/export.h"
#include "report/viewer.h"
#include "tests/report/fixture.h"
#include "tests/report/markup_checker.h"

namespace reclaim::report {
namespace {

using Json = nlohmann::json;

/// Two rounds of two models with every field that a record may have, and what else a file holds.
std::vector<Json> rich_records() {
  std::vector<Json> records;
  Json head = Json::parse(fixture::EnvironmentLine{}.text());
  head["host"] = "node";
  head["models"]["gen"] = {{"like", "Java"}, {"summary", "a collector"}, {"traits", {{"a", "b"}}}};
  head["workloads"]["gcbench"] = {{"shows", "trees"}};
  records.push_back(head);
  for (int round = 0; round < 2; ++round) {
    for (const char* model : {"gen", "manual"}) {
      fixture::CellLine cell;
      cell.model = model;
      cell.allocator = "mimalloc";
      cell.round = round;
      cell.heap = "2x";
      cell.leaked = 3;
      cell.stops.push_back({"minor_gc", 3, 0.1, 0.01, std::nullopt, 0.02});
      Json record = Json::parse(cell.text());
      record["stops"]["minor_gc"]["histogram"] = {{1000, 2}, {20'000'000, 1}};
      record["leaked_at"] = {{{"type", "Node"}, {"file", "a.h"}, {"line", 7}, {"objects", 3}}};
      record["by_site"] = round == 1;
      record["sites"] = {{{"type", "Node"},
                          {"file", "a.h"},
                          {"line", 7},
                          {"allocated_objects", 9},
                          {"allocated_bytes", 72},
                          {"leaked_objects", 3},
                          {"leaked_bytes", 24}}};
      record["why"] = {{{"type", "Node"},
                        {"kept_by", "root"},
                        {"objects", 9},
                        {"bytes", 72},
                        {"distance", 2},
                        {"path", "Global → Node.1 → Node"}}};
      record["mmu"] = {{{"window_s", 0.001}, {"utilisation", 0.4}}};
      record["hiccups"] = {{"count", 3}, {"p50_s", 1e-5}, {"max_s", 1e-3}, {"total_s", 1e-3}};
      record["rss_series"] = {{0.1, 1e6}, {0.2, 2e6}};
      record["latency"] = {{"count", 9}, {"simple", {{"p50_s", 1e-6}, {"max_s", 1e-3}}}};
      record["memory"] = {{"asked_bytes", 5}, {"after_s", {{0.1, 7}}}};
      records.push_back(record);
    }
  }
  fixture::CellLine failed;
  failed.status = "failed";
  failed.message = "it broke";
  failed.round = 3;
  records.push_back(Json::parse(failed.text()));
  failed.mistake = "double-free=0.01";
  records.push_back(Json::parse(failed.text()));
  records.push_back({{"kind", "experiment"},
                     {"schema", 1},
                     {"number", 1},
                     {"id", "countdown"},
                     {"claim", "c"},
                     {"expected", "e"},
                     {"measured", "m"},
                     {"verdict", "confirmed"},
                     {"details", {{{"title", "t"}, {"columns", {"a"}}, {"rows", {{"1"}}}}}}});
  return records;
}

std::string text_of(const std::vector<Json>& records) {
  std::string text;
  for (const Json& record : records) {
    text += record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

std::string events_of(const std::string& name) {
  const Json title = {
      {"name", "process_name"}, {"ph", "M"}, {"pid", 1}, {"args", {{"name", name}}}};
  const Json stop = {{"name", name},
                     {"ph", "X"},
                     {"pid", 1},
                     {"tid", 1},
                     {"ts", 1},
                     {"dur", 1},
                     {"args", {{"let_go", name}}}};
  const Json pause = {{"name", "minor_gc"}, {"ph", "X"}, {"pid", 1},
                      {"tid", 0},           {"ts", 3},   {"dur", 1}};
  return "[\n" + title.dump() + ",\n" + stop.dump() + ",\n" + pause.dump() + ",\n";
}

/// The viewer's own script is the same in every page and no business of these tests.
void leave_viewer_out(File& file) {
  const auto at = file.content.find(viewer_script());
  if (at != std::string::npos) file.content.erase(at, viewer_script().size());
}

std::vector<File> render(const Results& results, const std::vector<TimelineRun>& runs) {
  const Analysis analysis = analyse(results);
  std::vector<File> files = report_files(results, analysis);
  files.push_back({"terminal", terminal_table(results)});
  std::vector<std::string> names;
  for (const ExportFormat& format : export_formats()) names.emplace_back(format.name);
  for (File& file : export_files(names, {results, analysis, runs})) files.push_back(file);
  for (File& file : files) leave_viewer_out(file);
  return files;
}

/// Calls f on every string of the value, and on every name that is not the contract's.
void for_each_text(Json& value, bool names_are_free, const std::function<void(std::string&)>& f) {
  if (value.is_string()) {
    f(value.get_ref<std::string&>());
  } else if (value.is_array()) {
    for (Json& element : value) for_each_text(element, false, f);
  } else if (value.is_object()) {
    static const std::set<std::string> kept = {"kind", "status", "schema", "work_scaling",
                                               "verdict"};
    static const std::set<std::string> maps = {"params", "allocators", "stops", "extra",
                                               "models", "workloads",  "traits"};
    Json result = Json::object();
    for (auto& [name, element] : value.items()) {
      std::string changed = name;
      if (names_are_free) f(changed);
      if (!kept.contains(name)) for_each_text(element, maps.contains(name), f);
      result[changed] = element;
    }
    value = result;
  }
}

const std::vector<std::string> attacks = {
    "<img src=x onerror=alert(1)>",
    "'\"><script>alert(1)</script>",
    "--></style></title></svg><b>",
    "]]>&lt;&#60;",
    "=HYPERLINK(\"http://x\")",
    "+1|cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\x1b[31m\x1b]0;title\x07",
    "\u009b31m\u0085\u007f",
    "\u202Egnp.exe\u2066\u200b\ufeff",
    "line\nbreak\r\n# heading\n| a | b |",
    "[text](javascript:alert(1)) ![x](y) `code` **bold** <http://x>",
    "# EOF",
    "\"} 1\nreclaim_wall_seconds{model=\"",
    "Tag=x,1,2,3,HIST",
    "a, b\\",
    "../../etc/passwd",
};

/// Code points that no text for people may hold.
bool is_clean(const std::string& text) {
  std::string allowed = text;
  std::erase_if(allowed, [](char c) { return c == '\n' || c == '\r'; });
  return printable(allowed) == allowed;
}

/// Fields of CSV, which has no line breaks in them: names have none.
std::vector<std::string> csv_fields(const std::string& text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if ((c == ',' || c == '\n' || c == '\r') && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// Markdown without the characters that a backslash takes the meaning from.
std::string that_has_meaning(const std::string& markdown) {
  std::string result;
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    if (markdown[i] == '\\') {
      ++i;
    } else {
      result += markdown[i];
    }
  }
  return result;
}

TEST(Hostile, NamesInjectNothingIntoAnyFormat) {
  for (const std::string& attack : attacks) {
    SCOPED_TRACE(attack);
    std::vector<Json> records = rich_records();
    for (Json& record : records) {
      for_each_text(record, false, [&](std::string& text) { text = attack + text; });
    }
    const Results results = load_text(text_of(records), "r.jsonl");
    ASSERT_EQ(results.cells.size() + results.erring.size(), 6u);
    for (const File& file : render(results, load_timeline(events_of(attack), "e.json"))) {
      SCOPED_TRACE(file.name);
      EXPECT_TRUE(is_clean(file.content));
      EXPECT_EQ(file.name.find('/'), std::string::npos);
      if (file.name.ends_with(".html") || file.name.ends_with(".svg")) {
        EXPECT_EQ(markup_error(file.content), "");
        EXPECT_EQ(file.content.find("<img"), std::string::npos);
        EXPECT_EQ(file.content.find("<script>alert"), std::string::npos);
      } else if (file.name.ends_with(".md")) {
        for (const char* markup : {"<img", "<script", "](javascript", "\n# heading", "<http"}) {
          EXPECT_EQ(that_has_meaning(file.content).find(markup), std::string::npos) << markup;
        }
      } else if (file.name.ends_with(".csv")) {
        for (const std::string& field : csv_fields(file.content)) {
          EXPECT_TRUE(field.empty() || std::string_view("=+-@").find(field[0]) == std::string::npos)
              << field;
        }
      } else if (file.name.ends_with(".json")) {
        EXPECT_FALSE(Json::parse(file.content, nullptr, false).is_discarded());
      } else if (file.name == "openmetrics.txt") {
        EXPECT_EQ(file.content.find("\n# EOF\n"), file.content.size() - 7);
        EXPECT_EQ(file.content.find("\nreclaim_wall_seconds{model"), std::string::npos);
      } else if (file.name == "stops.hlog") {
        EXPECT_EQ(std::count(file.content.begin(), file.content.end(), '\n'), 4 + 4);
      }
    }
  }
}

/// Any value, plausible or not.
Json any_value(Rng& rng) {
  switch (rng.below(12)) {
    case 0:
      return nullptr;
    case 1:
      return rng.below(2) == 0;
    case 2:
      return -1;
    case 3:
      return 0;
    case 4:
      return 1e300;
    case 5:
      return 5e-324;
    case 6:
      return std::uint64_t{0} - rng.below(3);
    case 7:
      return attacks[rng.below(attacks.size())];
    case 8:
      return Json::array();
    case 9:
      return Json::object();
    case 10:
      return Json::array({Json::array({1, 1}), Json::array({2})});
    default:
      return static_cast<double>(rng.below(1'000'000)) / 1000;
  }
}

/// Walks down at random and replaces, drops, doubles or adds what it finds there.
void mutate(Json& value, Rng& rng) {
  if (!value.is_structured() || value.empty() || rng.below(6) == 0) {
    value = any_value(rng);
    return;
  }
  auto element = value.begin();
  std::advance(element, static_cast<std::ptrdiff_t>(rng.below(value.size())));
  switch (rng.below(8)) {
    case 0:
      value.erase(element);
      break;
    case 1:
      if (value.is_array()) {
        value.push_back(Json(*element));
      } else {
        value[attacks[rng.below(attacks.size())]] = Json(*element);
      }
      break;
    default:
      mutate(*element, rng);
  }
}

TEST(Hostile, AnyValueAnywhereIsRefusedOrRenderedNeverACrash) {
  constexpr std::uint64_t seed = 99;
  Rng rng(seed);
  const std::vector<Json> original = rich_records();
  int refused = 0, rendered = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<Json> records = original;
    for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
      mutate(records[rng.below(records.size())], rng);
    }
    try {
      const Results results = load_text(text_of(records), "fuzz.jsonl");
      if (rendered++ % 20 == 0) render(results, {});  // the slow part
    } catch (const BadResults& bad) {
      ++refused;
      EXPECT_TRUE(std::string_view(bad.what()).starts_with("fuzz.jsonl")) << bad.what();
    }
  }
  EXPECT_GT(refused, 500) << "seed " << seed;
  EXPECT_GT(rendered, 500) << "seed " << seed;
}

TEST(Hostile, AnyEventIsRefusedOrRenderedNeverACrash) {
  constexpr std::uint64_t seed = 7;
  Rng rng(seed);
  const Results results = load_text(text_of(rich_records()), "r.jsonl");
  const Analysis analysis = analyse(results);
  const std::vector<std::string> names = {"trace", "gclog"};
  int refused = 0, rendered = 0;
  for (int i = 0; i < 1000; ++i) {
    Json event = {{"name", "minor_gc"},
                  {"ph", "X"},
                  {"pid", 1},
                  {"tid", 1},
                  {"ts", 1},
                  {"dur", 1},
                  {"args", {{"let_go", "asked"}, {"name", "n"}, {"dropped_events", 1}}}};
    if (rng.below(3) == 0) event["ph"] = "M";
    mutate(event, rng);
    try {
      const auto runs = load_timeline(event.dump() + "\n", "e.json");
      export_files(names, {results, analysis, runs});
      timeline_svg(runs, 0, 0);
      ++rendered;
    } catch (const BadResults&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 50) << "seed " << seed;
  EXPECT_GT(rendered, 50) << "seed " << seed;
}

}  // namespace
}  // namespace reclaim::report
