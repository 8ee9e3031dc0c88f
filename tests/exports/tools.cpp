// Each text goes to a file, as it does for a user.
#include "tests/exports/tools.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/assert.h"

namespace reclaim::exports {
namespace {

namespace fs = std::filesystem;

/// The interpreter that Debian's packages are for; another one may come first on the path.
constexpr const char* python = "/usr/bin/python3 -B ";

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "reclaim-exports-XXXXXX").string();
    require(::mkdtemp(name.data()) != nullptr, "no temporary folder");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const char* name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  fs::path path_;
};

ToolEnd run(const std::string& command) {
  ToolEnd end{-1, ""};
  FILE* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  require(pipe != nullptr, "no shell");
  char part[4096];
  for (std::size_t size; (size = std::fread(part, 1, sizeof part, pipe)) != 0;) {
    end.out.append(part, size);
  }
  const int status = ::pclose(pipe);
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

ToolEnd run_python(const char* program, const std::string& text, const std::string& words = "") {
  const Folder folder;
  const std::string script = folder.file("program.py", program);
  return run(python + script + " " + folder.file("text", text) + " " + words);
}

ToolEnd process_histogram_log(const std::string& log, const std::string& words) {
  const Folder folder;
  return run(
      "java -Xshare:auto -XX:TieredStopAtLevel=1 -cp /usr/share/java/hdrhistogram.jar "
      "org.HdrHistogram.HistogramLogProcessor -i " +
      folder.file("stops.hlog", log) + " " + words);
}

}  // namespace

ToolEnd compare_benchmarks(const std::string& before, const std::string& after) {
  const Folder folder;
  return run(python + std::string("/usr/share/benchmark/compare.py --no-color benchmarks ") +
             folder.file("before.json", before) + " " + folder.file("after.json", after));
}

ToolEnd histogram_tags(const std::string& log) { return process_histogram_log(log, "-listtags"); }

ToolEnd histogram_percentiles(const std::string& log, const std::string& tag) {
  return process_histogram_log(log, "-csv -outputValueUnitRatio 1 -tag '" + tag + "'");
}

ToolEnd parse_open_metrics(const std::string& text) {
  return run_python(R"(
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(open(sys.argv[1]).read()):
    for sample in family.samples:
        labels = ','.join('%s=%s' % label for label in sorted(sample.labels.items()))
        print('%s{%s} %g' % (sample.name, labels, sample.value))
)",
                    text);
}

ToolEnd parse_csv(const std::string& text) {
  return run_python(R"(
import csv, sys
for row in csv.reader(open(sys.argv[1], newline=''), strict=True):
    print(len(row), row[0])
)",
                    text);
}

ToolEnd validate_records(const std::string& json) {
  return run_python(R"(
import json, jsonschema, sys
schema = json.load(open(sys.argv[2]))
validator = jsonschema.Draft202012Validator(schema)
records = json.load(open(sys.argv[1]))
for record in records:
    validator.validate(record)
print(len(records))
)",
                    json, RECLAIM_SCHEMA);
}

}  // namespace reclaim::exports
