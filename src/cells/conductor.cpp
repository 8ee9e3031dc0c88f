// One loop over all that the workers may send: their results, their last words, requests to the
// dict, their ends (by pidfd). Nothing polls by time.
#include "cells/conductor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "cells/merge.h"
#include "cells/process.h"
#include "cells/spawn.h"
#include "measure/clock.h"
#include "measure/rss.h"
#include "processes/post.h"

namespace reclaim::cells {

namespace {

constexpr std::size_t most_told_bytes = 4u << 20;
constexpr std::size_t most_said_bytes = 16u << 10;
constexpr int least_descriptor = processes::first_pipe + processes::most_processes;

struct Worker {
  pid_t pid = -1;
  processes::Descriptor end;  // can be read when the process has ended
  OutputPipe result, words;
  std::string told, said;
  bool running = false;
  int status = 0;

  bool ended_well() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0 && !told.empty(); }
  /// It ended because another had.
  bool ended_after_others() const {
    return WIFEXITED(status) && WEXITSTATUS(status) == processes::others_gone_exit_code;
  }
};

class Conductor {
 public:
  Conductor(std::span<char* const> arguments, int processes)
      : office_(processes), workers_(static_cast<std::size_t>(processes)) {
    ::signal(SIGPIPE, SIG_IGN);  // a worker that is gone is seen by its end, not by a write to it
    for (std::size_t i = 0; i < workers_.size(); ++i) start(i, arguments);
    office_.hand_over();
  }
  ~Conductor() { kill_all(); }
  Conductor(const Conductor&) = delete;
  Conductor& operator=(const Conductor&) = delete;

  Json result() {
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const Worker* culprit = wait_for_all();
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);  // what it takes to merge is nobody's
    if (culprit != nullptr) end_as(*culprit);
    std::vector<Json> told;
    for (const Worker& worker : workers_) told.push_back(Json::parse(worker.told, nullptr, false));
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (!told[i].is_object()) end_as(workers_[i]);
    }
    Json result = merged(told, office_.stage());
    add_own_share(result, before, after);
    return result;
  }

 private:
  void start(std::size_t index, std::span<char* const> arguments) {
    Worker& worker = workers_[index];
    const auto check = [](int error) {
      if (error != 0) {
        throw std::system_error(error, std::generic_category(), "cannot start a process");
      }
    };
    check(worker.result.open(least_descriptor) ? 0 : errno);
    check(worker.words.open(least_descriptor) ? 0 : errno);
    SpawnRequest request;
    request.program = "/proc/self/exe";
    request.arguments = {"worker"};
    request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
    for (const auto& [name, value] : {std::pair{"--place", static_cast<int>(index)},
                                      std::pair{"--parent", static_cast<int>(::getpid())},
                                      std::pair{"--result-fd", int{processes::told}}}) {
      request.arguments.emplace_back(name);
      request.arguments.push_back(fmt::format("{}", value));  // behind an earlier one, it counts
    }
    for (char** variable = environ; *variable != nullptr; ++variable) {
      request.environment.emplace_back(*variable);
    }
    request.descriptors = office_.inheritance(static_cast<int>(index));
    request.descriptors.emplace_back(worker.words.write_end, STDOUT_FILENO);
    request.descriptors.emplace_back(worker.words.write_end, STDERR_FILENO);
    request.descriptors.emplace_back(worker.result.write_end, processes::told);
    request.own_group = false;  // whoever ends the cell ends all of it
    check(spawn(request, worker.pid));
    worker.running = true;
    worker.end = processes::Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, worker.pid, 0)));
    check(worker.end ? 0 : errno);
    OutputPipe::close(worker.result.write_end);
    OutputPipe::close(worker.words.write_end);
  }

  /// The worker that ended badly; null when all have ended well. None is running then.
  const Worker* wait_for_all() {
    const Worker* culprit = nullptr;
    for (;;) {
      bool any = false;
      for (Worker& worker : workers_) {
        if (!worker.running) continue;
        any = true;
        drain(worker.words.read_end, worker.said, most_said_bytes, true);
        drain(worker.result.read_end, worker.told, most_told_bytes, false);
        if (!has_ended(worker)) continue;
        reap(worker);
        const bool better = culprit == nullptr || !worker.ended_after_others();
        if (!worker.ended_well() && better) culprit = &worker;
      }
      // Of those that ended because another had, that other is still to be found.
      if (!any || (culprit != nullptr && !culprit->ended_after_others())) break;
      sleep_until_something_happens();
    }
    kill_all();
    return culprit;
  }

  void sleep_until_something_happens() {
    std::vector<pollfd> watched;
    for (const Worker& worker : workers_) {
      if (!worker.running) continue;
      watched.push_back({worker.end.number(), POLLIN, 0});
      watched.push_back({worker.result.read_end, POLLIN, 0});
      watched.push_back({worker.words.read_end, POLLIN, 0});
    }
    const std::size_t first_socket = watched.size();
    for (std::size_t client = 0; client < workers_.size(); ++client) {
      watched.push_back({silent_[client] ? -1 : office_.dict().descriptor(client), POLLIN, 0});
    }
    if (first_socket == 0) return;  // the last has just ended
    ::poll(watched.data(), watched.size(), -1);
    for (std::size_t client = 0; client < workers_.size(); ++client) {
      if (watched[first_socket + client].revents == 0) continue;
      silent_[client] = !office_.dict().serve(client);
    }
  }

  static bool has_ended(const Worker& worker) {
    pollfd end{worker.end.number(), POLLIN, 0};
    return ::poll(&end, 1, 0) == 1;
  }

  static void reap(Worker& worker) {
    while (::waitpid(worker.pid, &worker.status, 0) < 0 && errno == EINTR) {
    }
    worker.running = false;
    drain(worker.words.read_end, worker.said, most_said_bytes, true);
    drain(worker.result.read_end, worker.told, most_told_bytes, false);
  }

  void kill_all() {
    for (Worker& worker : workers_) {
      if (worker.running) ::kill(worker.pid, SIGKILL);
    }
    for (Worker& worker : workers_) {
      if (worker.running) reap(worker);
    }
  }

  [[noreturn]] void end_as(const Worker& worker) {
    const auto place = static_cast<std::size_t>(&worker - &workers_.front());
    const processes::Phase phase = office_.stage().phases[place].load();
    std::string words = last_line(worker.said);
    if (words.starts_with("reclaim: ")) words.erase(0, 9);
    const bool signalled = WIFSIGNALED(worker.status);
    const int code = signalled ? WTERMSIG(worker.status) : WEXITSTATUS(worker.status);
    std::string what = fmt::format("process {} of {} ", place + 1, workers_.size());
    if (signalled) {
      what += fmt::format("was ended by signal {} ({})", code, ::strsignal(code));
    } else if (code == 0) {
      what += "gave no result";
    } else {
      what += fmt::format("ended with exit code {}", code);
    }
    fmt::print(stderr, "reclaim: {} {}{}{}\n", what,
               processes::phase_names[static_cast<int>(phase)], words.empty() ? "" : ": ", words);
    if (!signalled) ::_exit(code == 0 ? 1 : code);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);  // the worker's own says more
    ::signal(code, SIG_DFL);
    ::raise(code);
    ::_exit(1);
  }

  /// This process is a part of the cell: what it used, and what it holds.
  void add_own_share(Json& result, const rusage& before, const rusage& after) const {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    const auto add = [&](const char* name, auto more) {
      result[name] = result[name].get<decltype(more)>() + more;
    };
    const auto count = [](long a, long b) { return static_cast<std::uint64_t>(b - a); };
    add("user_s", seconds(after.ru_utime) - seconds(before.ru_utime));
    add("sys_s", seconds(after.ru_stime) - seconds(before.ru_stime));
    add("minor_faults", count(before.ru_minflt, after.ru_minflt));
    add("major_faults", count(before.ru_majflt, after.ru_majflt));
    add("voluntary_switches", count(before.ru_nvcsw, after.ru_nvcsw));
    add("involuntary_switches", count(before.ru_nivcsw, after.ru_nivcsw));
    const std::uint64_t own_peak = measure::peak_resident_bytes();
    add("peak_rss_bytes", own_peak);
    add("baseline_rss_bytes", own_peak);
    Json& extra = result["extra"];
    extra["processes"] = static_cast<double>(workers_.size());
    extra["conductor_peak_rss_bytes"] = static_cast<double>(own_peak);
  }

  processes::PostOffice office_;
  std::vector<Worker> workers_;
  std::vector<bool> silent_ = std::vector<bool>(workers_.size());
};

}  // namespace

Json conduct(std::span<char* const> arguments, int processes) {
  const std::int64_t begin_ns = now_ns();
  Conductor conductor(arguments, processes);
  Json result = conductor.result();
  result["extra"]["start_up_s"] =
      static_cast<double>(result["begin_ns"].get<std::int64_t>() - begin_ns) * 1e-9;
  result.erase("begin_ns");
  return result;
}

}  // namespace reclaim::cells
