// See model_pages.h.
#include "report/model_pages.h"

#include <fmt/core.h>

#include "report/conclusions.h"
#include "report/escape.h"
#include "report/model_picture.h"
#include "report/page_parts.h"
#include "report/words.h"

namespace reclaim::report {
namespace {

std::string spaced(const std::set<std::string>& names) {
  return list_of(std::vector<std::string>(names.begin(), names.end()));
}

/// What the model says of itself, trait by trait, in words.
std::vector<std::pair<std::string, std::string>> facts(const Nature& nature) {
  std::vector<std::pair<std::string, std::string>> all;
  if (!nature.like.empty()) all.emplace_back("Like", nature.like);
  all.emplace_back("Who frees", who_frees(nature));
  all.emplace_back("Threads", nature.parallel ? "run side by side"
                                              : "take turns under one lock; it is let go where "
                                                "they wait or call native code");
  if (nature.counting) {
    all.emplace_back("Counts", nature.counts.empty()
                                   ? "each object has a count of the references to it"
                                   : nature.counts + ", one for each object");
  }
  if (nature.reclaims) {
    all.emplace_back("Rings", nature.collects_cycles || nature.by_hand
                                  ? (nature.by_hand ? "are the program's to free, as all else"
                                                    : "that nothing reaches are found")
                                  : "that nothing reaches leak");
  }
  if (nature.described) {
    all.emplace_back("Addresses", nature.moves ? "change when the heap is collected"
                                               : "stay for an object's life");
  }
  all.emplace_back("Memory from", nature.uses_malloc ? "malloc, any allocator's"
                                                     : "the system, by means of its own");
  if (nature.heap_limit) all.emplace_back("Heap limit", "honoured");
  all.emplace_back("Stops it sees",
                   nature.stops.empty() ? "none of its own" : spaced(nature.stops));
  return all;
}

std::string fared(const Analysis& analysis, const std::string& model, bool named,
                  const Links& links) {
  std::string result;
  if (named) result += "<h4>" + markup(model) + "</h4>\n";
  return result + sentences_html(conclude(analysis, model), links) +
         "<details><summary>Its numbers, workload by workload</summary>" +
         table_html(model_table(analysis, model), model + " in every workload") + "</details>\n";
}

std::string model_page(const Results& results, const Analysis& analysis, const std::string& id,
                       const std::string& anchor, const Links& links) {
  const Nature nature = nature_of(results, id);
  std::string result =
      fmt::format("<article class=\"sheet\" aria-labelledby=\"{0}\"><h3 id=\"{0}\">{1}</h3>\n",
                  anchor, markup(id));
  if (!nature.summary.empty()) {
    result += fmt::format("<p class=\"lead\">{}.</p>\n", markup(sentence(nature.summary)));
  }
  result += "<div class=\"how\"><figure>" + model_picture(nature) + "</figure><dl>\n";
  for (const auto& [name, value] : facts(nature)) {
    result += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup(value));
  }
  result += "</dl></div>\n";
  if (!nature.described) {
    result +=
        "<p class=\"caption\">The results file does not describe this model: the picture is drawn "
        "from what its cells show.</p>\n";
  }
  std::vector<std::string> spellings;
  for (const std::string& model : analysis.models) {
    if (id_of(model) == id) spellings.push_back(model);
  }
  for (const std::string& model : spellings) {
    result += fared(analysis, model, spellings.size() > 1 || model != id, links);
  }
  return result + "</article>\n";
}

}  // namespace

std::string model_pages(const Results& results, const Analysis& analysis, const Links& links) {
  std::string result =
      "<section aria-labelledby=\"models-of-all\"><h2 id=\"models-of-all\">The models, one by "
      "one</h2>\n" +
      picture_symbols();
  for (const auto& [id, anchor] : analysis.pages) {
    result += model_page(results, analysis, id, anchor, links);
  }
  return result + "</section>\n";
}

}  // namespace reclaim::report
