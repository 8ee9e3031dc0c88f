// Report files are whole or untouched: written under a temporary name, synced, then renamed over.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>

#include "report/escape.h"
#include "report/report.h"

namespace reclaim::report {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  throw CannotWrite(printable(path.string()) + ": cannot be written: " + std::strerror(error));
}

/// A file that vanishes again unless it was committed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target)
      : target_(target), name_(target.string() + ".XXXXXX") {
    file_ = mkostemp(name_.data(), O_CLOEXEC);
    if (file_ < 0) fail(target_, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (file_ >= 0) close(file_);
    if (!name_.empty()) unlink(name_.c_str());
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t written = ::write(file_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(target_, errno);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  /// On disk when this returns.
  void sync() {
    constexpr mode_t readable = 0644;
    if (fchmod(file_, readable) != 0 || fsync(file_) != 0) fail(target_, errno);
    const int closed = close(file_);
    file_ = -1;
    if (closed != 0) fail(target_, errno);
  }

  /// Takes the target's place. After sync().
  void commit() {
    if (std::rename(name_.c_str(), target_.c_str()) != 0) fail(target_, errno);
    name_.clear();
  }

 private:
  std::filesystem::path target_;
  std::string name_;
  int file_ = -1;
};

}  // namespace

void write_file(const std::filesystem::path& file, const std::string& content) {
  TemporaryFile temporary(file);
  temporary.write(content);
  temporary.sync();
  temporary.commit();
}

void write_files(std::span<const File> files, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) fail(directory, error.value());
  std::deque<TemporaryFile> temporaries;
  for (const File& file : files) {
    temporaries.emplace_back(directory / file.name);
    temporaries.back().write(file.content);
    temporaries.back().sync();
  }
  for (TemporaryFile& temporary : temporaries) temporary.commit();
}

std::vector<File> report_files(const Results& results, const Analysis& analysis) {
  return {{"report.csv", csv_table(results, analysis)},
          {"report.md", markdown_report(results, analysis)},
          {"summary.svg", summary_svg(results, analysis)},
          {"index.html", html_page(results, analysis)}};
}

}  // namespace reclaim::report
