#include "models/gen/explain.h"

#include <cstdio>

namespace reclaim::gen {

namespace {
double megabytes(std::size_t bytes) { return static_cast<double>(bytes) * 1e-6; }
double milliseconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-6; }
double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}
}  // namespace

double unused_share(std::size_t live, std::size_t used) {
  return used == 0 ? 0 : 1 - static_cast<double>(live) / static_cast<double>(used);
}

void explain(int descriptor, std::uint64_t number, const Account& a, std::int64_t at_ns,
             std::int64_t stop_ns, std::int64_t to_safepoint_ns) {
  if (descriptor < 0) return;
  dprintf(descriptor, "gen: %.3f s: #%llu %s: %s; nursery %.1f MB, %.1f MB lived (%.0f %%)",
          static_cast<double>(at_ns) * 1e-9, static_cast<unsigned long long>(number),
          a.major ? "major" : "minor", a.why, megabytes(a.nursery),
          megabytes(a.survived + a.promoted), percent(a.survived + a.promoted, a.nursery));
  dprintf(descriptor, ", %.1f MB of it promoted", megabytes(a.promoted));
  if (a.major) {
    dprintf(descriptor, "; old space %.1f to %.1f MB, %.1f MB live, %.0f %% unused, ",
            megabytes(a.old_before), megabytes(a.old_used), megabytes(a.old_live),
            100 * unused_share(a.old_live, a.old_used));
    dprintf(descriptor, a.slid ? "slid, to free %.1f MB" : "not slid: that would free %.1f MB",
            megabytes(a.slide_frees));
    dprintf(descriptor, "; %.1f MB given back", megabytes(a.returned));
  }
  dprintf(descriptor,
          "; %u worker%s; next: eden %.1f of %.1f MB of room, promotion after %u survived; "
          "stopped %.3f ms, %.3f of it to the safepoint\n",
          a.workers, a.workers == 1 ? "" : "s", megabytes(a.eden), megabytes(a.room), a.tenure_age,
          milliseconds(stop_ns), milliseconds(to_safepoint_ns));
}

}  // namespace reclaim::gen
