// write(2), again after signals and for what was left over.
#include "cells/write_text.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace reclaim::cells {

bool write_text(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace reclaim::cells
