#include "peers/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/exhaustion.h"
#include "cells/names.h"
#include "measure/statistics.h"

namespace reclaim::peers {

namespace {

template <class Number>
bool parse(std::string_view text, Number& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_line(const std::string& line, Account& account) {
  if (line.starts_with('[')) {  // the JVM's log
    if (const auto pause = pause_of_log_line(line)) account.pauses.push_back(*pause);
    return true;
  }
  const auto words = cells::split(line, ' ');
  if (words.size() == 4 && words[0] == "round") {
    Round round;
    if (!parse(words[1], round.wall_ns) || !parse(words[2], round.cpu_ns) ||
        !parse(words[3], round.checksum, 16)) {
      return false;
    }
    account.rounds.push_back(round);
    return true;
  }
  if (words.size() == 3 && words[0] == "pause") {
    Pause& pause = account.pauses.emplace_back();
    pause.full = words[1] == "full";
    return parse(words[2], pause.ns);
  }
  if (words.size() == 2 && words[0] == "allocated") {
    return parse(words[1], account.allocated_bytes.emplace());
  }
  return false;
}

}  // namespace

std::optional<Pause> pause_of_log_line(std::string_view line) {
  // [0.213s][info][gc] GC(0) Pause Young (Allocation Failure) 12M->3M(50M) 2.345ms
  if (line.find("] GC(") == line.npos || line.find(") Pause ") == line.npos) return std::nullopt;
  if (!line.ends_with("ms")) return std::nullopt;
  line.remove_suffix(2);
  const auto space = line.rfind(' ');
  double ms = 0;
  const std::string_view number = line.substr(space + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), ms);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return Pause{.ns = static_cast<std::int64_t>(ms * 1e6),
               .full = line.find(") Pause Full ") != line.npos};
}

Sample read_sample(const cells::ProcessEnd& end) {
  using End = cells::ProcessEnd::Kind;
  Sample sample;
  sample.peak_rss_bytes = end.peak_rss_bytes;
  sample.message = cells::last_line(end.errors);
  for (const std::string& line : cells::split(end.result, '\n')) {
    if (!read_line(line, sample.account)) {
      sample.status = "failed";
      sample.message = fmt::format("told '{}'", line);
      return sample;
    }
  }
  if (end.kind == End::exited && end.code == 0 && !sample.account.rounds.empty()) {
    sample.status = "ok";
  } else if (end.kind == End::exited && end.code == out_of_memory_exit_code) {
    sample.status = "out_of_memory";
  } else if (end.kind == End::timed_out) {
    sample.status = "timeout";
  } else if (end.kind == End::interrupted) {
    sample.status = "interrupted";
  } else {
    sample.status = "failed";
    if (sample.message.empty()) sample.message = fmt::format("ended with {}", end.code);
  }
  return sample;
}

bool Results::ok() const { return !samples.empty() && trouble().empty(); }

std::string Results::trouble() const {
  for (const Sample& sample : samples) {
    if (sample.status == "ok") continue;
    return sample.message.empty() ? sample.status : sample.status + ": " + sample.message;
  }
  return "";
}

std::vector<double> Results::first_ms() const {
  std::vector<double> result;
  for (const Sample& sample : samples) {
    result.push_back(static_cast<double>(sample.account.rounds.front().wall_ns) * 1e-6);
  }
  return result;
}

std::vector<double> Results::steady_ms() const {
  std::vector<double> result;
  for (const Sample& sample : samples) {
    std::vector<double> rounds;
    for (auto i = static_cast<std::size_t>(work->warmup); i < sample.account.rounds.size(); ++i) {
      rounds.push_back(static_cast<double>(sample.account.rounds[i].wall_ns) * 1e-6);
    }
    if (!rounds.empty()) result.push_back(measure::median(rounds));
  }
  return result;
}

std::vector<double> Results::cpu_ms() const {
  std::vector<double> result;
  for (const Sample& sample : samples) {
    double total = 0, rounds = 0;
    for (auto i = static_cast<std::size_t>(work->warmup); i < sample.account.rounds.size(); ++i) {
      total += static_cast<double>(sample.account.rounds[i].cpu_ns) * 1e-6;
      ++rounds;
    }
    if (rounds != 0) result.push_back(total / rounds);
  }
  return result;
}

std::vector<double> Results::rss_bytes() const {
  std::vector<double> result;
  for (const Sample& sample : samples) {
    result.push_back(static_cast<double>(sample.peak_rss_bytes));
  }
  return result;
}

std::vector<double> Results::pauses_ms(Which which) const {
  std::vector<double> result;
  for (const Sample& sample : samples) {
    for (const Pause& pause : sample.account.pauses) {
      if (which != Which::all && pause.full != (which == Which::full)) continue;
      result.push_back(static_cast<double>(pause.ns) * 1e-6);
    }
  }
  return result;
}

std::optional<double> Results::allocated_bytes() const {
  for (const Sample& sample : samples) {
    if (sample.account.allocated_bytes && !sample.account.rounds.empty()) {
      return static_cast<double>(*sample.account.allocated_bytes) /
             static_cast<double>(sample.account.rounds.size());
    }
  }
  return std::nullopt;
}

void judge_checksums(const std::vector<Results*>& same_work) {
  std::map<std::uint64_t, int> votes;
  for (const Results* results : same_work) {
    for (const Sample& sample : results->samples) {
      for (const Round& round : sample.account.rounds) ++votes[round.checksum];
    }
  }
  votes.erase(0);  // from those that keep nothing
  if (votes.empty()) return;
  const std::uint64_t right =
      std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      })->first;
  for (Results* results : same_work) {
    for (Sample& sample : results->samples) {
      for (const Round& round : sample.account.rounds) {
        if (sample.status != "ok" || round.checksum == 0 || round.checksum == right) continue;
        sample.status = "failed";
        sample.message = fmt::format("checksum {:x} where others have {:x}", round.checksum, right);
      }
    }
  }
}

}  // namespace reclaim::peers
