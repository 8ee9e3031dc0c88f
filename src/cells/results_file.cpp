// Plain descriptors: fclose on a full disk can return 0, write and fsync cannot hide it.
#include "cells/results_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "cells/names.h"
#include "cells/write_text.h"

namespace reclaim::cells {

namespace {

[[noreturn]] void cannot_write(const std::string& path) {
  throw WriteError(fmt::format("cannot write {}: {}", path == "-" ? "the standard output" : path,
                               ::strerror(errno)));
}

std::string line_of(const Json& record) {
  return record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_all(int fd, const std::string& path, const std::string& text) {
  if (!write_text(fd, text)) cannot_write(path);
  // Pipes and terminals cannot be synced and say so with EINVAL or EROFS.
  if (::fsync(fd) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) cannot_write(path);
}

bool is_regular(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/// A record of ours, or null.
Json parse_line(const std::string& line) {
  Json record = Json::parse(line, nullptr, false);
  if (!record.is_object()) return Json();
  const Json kind = record.value("kind", Json());
  const bool ours = kind == "cell" || kind == "environment" || kind == "experiment";
  return ours ? record : Json();
}

}  // namespace

ResultsFile ResultsFile::create(const std::string& path) {
  if (path == "-") {
    const int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) cannot_write(path);
    return ResultsFile(path, fd);
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) cannot_write(path);
  ResultsFile file(path, fd);
  file.lock();
  if (is_regular(fd) && ::ftruncate(fd, 0) != 0) cannot_write(path);
  return file;
}

ResultsFile ResultsFile::resume(const std::string& path, EarlierResults& earlier) {
  if (path == "-") throw UsageError("--resume goes on with a file: --json FILE");
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) cannot_write(path);
  ResultsFile file(path, fd);
  if (!is_regular(fd))
    throw UsageError(fmt::format("{} is no plain file: nothing can be added to it", path));
  file.lock();
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};

  std::size_t good = 0;  // bytes of complete lines
  for (std::size_t line_number = 1; good < text.size(); ++line_number) {
    const std::size_t end = text.find('\n', good);
    const bool complete = end != std::string::npos;
    const bool last = !complete || end + 1 == text.size();
    const Json record = complete ? parse_line(text.substr(good, end - good)) : Json();
    if (record.is_null()) {
      // Only the last line can be torn, and only after a head that is ours.
      if (!last || (complete && line_number == 1)) {
        throw UsageError(
            fmt::format("{}:{}: damaged: this is no record of reclaim", path, line_number));
      }
      earlier.repaired = true;
      break;
    }
    if (record.at("kind") == "environment") {
      if (line_number != 1) {
        throw UsageError(
            fmt::format("{}:{}: a second environment line: files that were joined cannot "
                        "be resumed",
                        path, line_number));
      }
      earlier.environment = record;
    } else if (record.at("kind") == "experiment") {
      file.outcomes_.push_back(record);
    } else {
      earlier.records.push_back(record);
    }
    good = end + 1;
  }
  if (earlier.environment.is_null() && good != 0) {
    throw UsageError(fmt::format("{}:1: damaged: the environment line is missing", path));
  }
  if (earlier.repaired && ::ftruncate(fd, static_cast<off_t>(good)) != 0) cannot_write(path);
  return file;
}

ResultsFile::ResultsFile(ResultsFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      outcomes_(std::move(other.outcomes_)) {}

ResultsFile::~ResultsFile() {
  if (fd_ >= 0) ::close(fd_);
}

void ResultsFile::lock() {
  if (is_regular(fd_) && ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw WriteError(fmt::format("cannot write {}: another run is writing it", path_));
  }
}

void ResultsFile::append(const Json& record) { write_all(fd_, path_, line_of(record)); }

bool ResultsFile::replace(const Json& environment, const std::vector<Json>& records) {
  if (path_ == "-" || !is_regular(fd_)) return false;
  std::string text = line_of(environment);
  for (const Json& record : records) text += line_of(record);
  for (const Json& outcome : outcomes_) text += line_of(outcome);
  const std::string temporary = path_ + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) cannot_write(temporary);
  try {
    write_all(fd, temporary, text);
  } catch (...) {
    ::close(fd);
    ::unlink(temporary.c_str());
    throw;
  }
  ::close(fd);
  if (::rename(temporary.c_str(), path_.c_str()) != 0) cannot_write(path_);
  return true;
}

}  // namespace reclaim::cells
