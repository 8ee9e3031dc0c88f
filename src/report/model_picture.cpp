// See model_picture.h. Units are pixels of a picture 400 wide; three bands lie below each other:
// threads, the heap, who gives back.
#include "report/model_picture.h"

#include <fmt/core.h>

#include <array>

#include "report/escape.h"

namespace reclaim::report {
namespace {

constexpr std::array thread_middles = {66, 200, 334};
constexpr int heap_top = 108, heap_bottom = 236;

std::string text(int x, int y, const char* look, const std::string& words) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>", x, y, look, markup(words));
}

std::string use(const char* symbol, int x, int y, const char* look) {
  return fmt::format("<use href=\"#pic-{}\" x=\"{}\" y=\"{}\" class=\"{}\"/>", symbol, x, y, look);
}

/// A line with an arrow's head; down or to the right.
std::string arrow(int x1, int y1, int x2, int y2, const char* look = "") {
  const bool down = x1 == x2;
  const std::string head = down ? fmt::format("M{} {}l4 6l4 -6", x2 - 4, y2 - 6)
                                : fmt::format("M{} {}l6 4l-6 4", x2 - 6, y2 - 4);
  return fmt::format("<path d=\"M{} {}L{} {}{}\" class=\"arrow {}\"/>", x1, y1, x2, y2, head, look);
}

std::string threads(const Nature& nature) {
  std::string result;
  for (std::size_t i = 0; i < thread_middles.size(); ++i) {
    const int x = thread_middles[i];
    const bool runs = nature.parallel || i == 0;
    result += use("thread", x - 44, 6, runs ? "runs" : "waits");
    result += text(x, 25, runs ? "mid" : "mid soft", runs ? "thread" : "waits");
    if (runs && nature.parallel) result += arrow(x, 38, x, heap_top - 4);
  }
  if (nature.parallel) return result;
  result += "<rect x=\"22\" y=\"52\" width=\"356\" height=\"26\" rx=\"5\" class=\"lock\"/>";
  result += use("padlock", 36, 56, "");
  result += text(208, 70, "mid", "one lock: only its holder runs");
  result += arrow(thread_middles[0], 38, thread_middles[0], 50);
  for (std::size_t i = 1; i < thread_middles.size(); ++i) {
    result += arrow(thread_middles[i], 38, thread_middles[i], 50, "faint");
  }
  return result + arrow(thread_middles[0], 78, thread_middles[0], heap_top - 4);
}

/// An object; its count stands in front of it where there is one.
std::string object(const Nature& nature, int x, int y, const char* count, const char* look) {
  if (!nature.counting) return use("object", x, y, look);
  return use("counted", x, y, look) + text(x + 9, y + 16, "mid count", count);
}

/// Objects that malloc or the model's own lists place, and how each dies.
std::string scattered_heap(const Nature& nature) {
  std::string result;
  result += object(nature, 36, 138, "2", "live");
  result += object(nature, 36, 186, "1", "live");
  result += arrow(64, 162, 64, 184);
  if (nature.counting) {
    result += object(nature, 146, 138, "0", "dead") +
              text(173, 178, "mid soft",
                   nature.finds_late ? "0: freed, maybe later" : "0: freed at once");
    result += text(173, 194, "mid soft", nature.counts.empty() ? "" : "counts: " + nature.counts);
    const char* ring = nature.collects_cycles ? "dead" : "ring";
    result += object(nature, 266, 138, "1", ring) + object(nature, 266, 186, "1", ring);
    result += arrow(284, 162, 284, 184) +
              "<path d=\"M302 186L302 164M298 170l4 -6l4 6\" class=\"arrow\"/>";
    result += nature.collects_cycles ? text(293, 226, "mid soft", "a ring: collected")
                                     : text(293, 226, "mid bad", "a ring: never freed");
    return result;
  }
  result += object(nature, 146, 138, "", "dead") + text(173, 178, "mid soft", "freed when the");
  result += text(173, 193, "mid soft", "program says so");
  result += object(nature, 266, 138, "", "ring") + text(293, 178, "mid bad", "forgotten:");
  return result + text(293, 193, "mid bad", "never freed");
}

/// A row of objects side by side, as a bump pointer leaves them.
std::string packed(int x, int y, int number, const char* look) {
  std::string result;
  for (int i = 0; i < number; ++i) result += use("cell", x + 22 * i, y, look);
  return result;
}

std::string traced_heap(const Nature& nature) {
  std::string result;
  if (!nature.sees("minor_gc")) {
    return packed(36, 150, 4, "live") + packed(124, 150, 2, "dead") + packed(168, 150, 6, "live") +
           text(200, 200, "mid soft", "what the roots do not reach is garbage");
  }
  result +=
      "<rect x=\"30\" y=\"136\" width=\"190\" height=\"60\" rx=\"4\" class=\"space\"/>"
      "<rect x=\"262\" y=\"136\" width=\"108\" height=\"60\" rx=\"4\" class=\"space\"/>";
  result += text(36, 152, "soft", "nursery") + text(268, 152, "soft", "old generation");
  result += packed(36, 162, 1, "live") + packed(58, 162, 2, "dead") + packed(102, 162, 1, "live") +
            packed(124, 162, 1, "dead");
  result += arrow(150, 175, 206, 175);
  result += packed(268, 162, 4, "live");
  result += arrow(222, 175, 260, 175);
  result += text(125, 212, "mid soft", "collected often");
  result += text(316, 212, "mid soft", "collected seldom");
  return result + text(200, 228, "mid soft",
                       nature.moves ? "survivors are copied out, the old move together"
                                    : "survivors go over");
}

std::string heap(const Nature& nature) {
  const std::string name = nature.uses_malloc ? "malloc's heap" : "the model's own heap";
  std::string result =
      fmt::format("<rect x=\"16\" y=\"{}\" width=\"368\" height=\"{}\" rx=\"8\" class=\"heap\"/>",
                  heap_top, heap_bottom - heap_top);
  result += text(28, heap_top + 17, "soft", name);
  if (!nature.reclaims) {
    return result + packed(36, 150, 13, "live") + arrow(324, 163, 372, 163) +
           text(200, 204, "mid bad", "nothing is ever given back");
  }
  return result +
         (nature.traces() && !nature.counting ? traced_heap(nature) : scattered_heap(nature));
}

std::string who(const Nature& nature) {
  if (!nature.reclaims) return "nobody gives back";
  if (nature.counting) {
    return nature.collects_cycles ? "last reference gone: freed; rings: a collector"
                                  : "last reference gone: freed, by who dropped it";
  }
  if (nature.traces()) return "a collector, while all threads stand still";
  return nature.by_hand ? "the program frees, object by object" : "the model frees";
}

}  // namespace

std::string who_frees(const Nature& nature) {
  if (!nature.reclaims) return "nobody: memory is only taken, until the process ends";
  if (nature.counting) {
    std::string result = nature.finds_late
                             ? "whoever drops the last reference, or later the object's maker"
                             : "whoever drops the last reference, at once";
    result += nature.collects_cycles ? "; unreachable rings: a cycle collector, now and then"
                                     : "; unreachable rings are never freed";
    if (nature.loses_updates) result += "; counts come out wrong where threads share objects";
    return result;
  }
  if (nature.traces()) {
    return nature.sees("minor_gc") && nature.sees("major_gc")
               ? "a collector while the world stands still: the nursery often, all of it seldom"
               : "a collector while the world stands still";
  }
  return nature.by_hand ? "the program, object by object; what it forgets leaks" : "the model";
}

std::string picture_symbols() {
  return "<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
         "<rect id=\"pic-thread\" width=\"88\" height=\"30\" rx=\"15\"/>"
         "<rect id=\"pic-object\" width=\"54\" height=\"24\" rx=\"4\"/>"
         "<g id=\"pic-counted\"><rect width=\"54\" height=\"24\" rx=\"4\"/>"
         "<path d=\"M18 0V24\"/></g>"
         "<rect id=\"pic-cell\" width=\"19\" height=\"26\" rx=\"3\"/>"
         "<g id=\"pic-padlock\"><path d=\"M4 8V5a4 4 0 0 1 8 0V8\" fill=\"none\"/>"
         "<rect x=\"1\" y=\"8\" width=\"14\" height=\"10\" rx=\"2\"/></g></defs></svg>\n";
}

std::string model_picture(const Nature& nature) {
  const std::string label = nature.id + ": freed by " + who_frees(nature);
  return fmt::format(
      "<svg class=\"pic\" viewBox=\"0 0 400 268\" role=\"img\" aria-label=\"{}\">{}{}{}</svg>\n",
      markup(label), threads(nature), heap(nature), text(200, 258, "mid", who(nature)));
}

}  // namespace reclaim::report
