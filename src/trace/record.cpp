// The verb: spawn with the recorder preloaded, wait, finish every recording, put traces in place.

#include "trace/record.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "trace/command.h"
#include "trace/finish.h"
#include "trace/recording.h"

namespace reclaim::trace {
namespace {

namespace fs = std::filesystem;

constexpr int exit_nothing_recorded = 1;
constexpr int exit_usage = 2;
constexpr int exit_cannot_write = 4;
constexpr const char* library_name = "libreclaim-record.so";

/// Descendants that outlive the command a little are waited for this long.
constexpr std::chrono::milliseconds grace{500};

template <class... Arguments>
int fail(int code, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::print(stderr, "reclaim record: {}\n",
             fmt::format(format, std::forward<Arguments>(arguments)...));
  return code;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  auto value = static_cast<double>(bytes);
  for (const char* unit : {"kB", "MB", "GB"}) {
    value /= 1000;
    if (value < 999.5) return fmt::format("{:.3g} {}", value, unit);
  }
  return fmt::format("{:.3g} TB", value / 1000);
}

std::string joined(const std::vector<std::string>& words, std::size_t most) {
  std::string text = fmt::format("{}", fmt::join(words, " "));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  if (text.size() > most) text = text.substr(0, most - 3) + "...";
  return text;
}

std::string find_library(const RecordOptions& options) {
  if (!options.library.empty()) return options.library;
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& candidate :
       {folder / library_name, folder / ".." / "lib" / "reclaim" / library_name}) {
    if (fs::exists(candidate, error)) return fs::weakly_canonical(candidate).string();
  }
  return {};
}

/// A folder that is gone at the end of the scope, with all that is in it.
class TemporaryFolder {
 public:
  /// Makes PREFIX followed by six characters. Check `made()`.
  explicit TemporaryFolder(const std::string& prefix) : path_(prefix + "XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    std::error_code error;
    if (made()) fs::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  bool made() const { return !path_.empty(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

volatile std::sig_atomic_t command_process = 0;

/// Leaves terminal signals to the command while it runs and passes on requests to end.
class SignalsWhileWaiting {
 public:
  SignalsWhileWaiting() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    struct sigaction pass_on {};
    pass_on.sa_handler = [](int signal) {
      if (command_process > 0) kill(command_process, signal);
    };
    for (std::size_t i = 0; i < signals.size(); ++i) {
      sigaction(signals[i], i < 2 ? &ignore : &pass_on, &before_[i]);
    }
  }
  ~SignalsWhileWaiting() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
    command_process = 0;
  }
  SignalsWhileWaiting(const SignalsWhileWaiting&) = delete;
  SignalsWhileWaiting& operator=(const SignalsWhileWaiting&) = delete;

  /// Those that a spawned command must find as this process found them.
  sigset_t to_default() const {
    sigset_t set;
    sigemptyset(&set);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      if (before_[i].sa_handler != SIG_IGN) sigaddset(&set, signals[i]);
    }
    return set;
  }

 private:
  static constexpr std::array<int, 4> signals = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
  std::array<struct sigaction, 4> before_{};
};

/// Starts the command with the recorder preloaded; returns an errno value, 0 for success.
int spawn(const std::string& path, const RecordOptions& options, const std::string& library,
          const std::string& directory, const SignalsWhileWaiting& signals, pid_t& process) {
  std::vector<std::string> environment;
  std::string preload = "LD_PRELOAD=" + library;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.starts_with("LD_PRELOAD=")) {
      preload += ":" + text.substr(std::strlen("LD_PRELOAD="));
    } else {
      environment.push_back(text);
    }
  }
  environment.push_back(preload);
  environment.push_back(fmt::format("{}={}", recording_directory_variable, directory));
  std::vector<char*> arguments;
  std::vector<char*> variables;
  for (const auto& text : options.command) arguments.push_back(const_cast<char*>(text.c_str()));
  for (const auto& text : environment) variables.push_back(const_cast<char*>(text.c_str()));
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const sigset_t to_default = signals.to_default();
  posix_spawnattr_setsigdefault(&attributes, &to_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  // "p": a script without #! is run by the shell, as the shell itself would.
  const int error = posix_spawnp(&process, path.c_str(), nullptr, &attributes, arguments.data(),
                                 variables.data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

/// False for zombies, too: they write no more.
bool is_running(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  return name_end != std::string::npos && name_end + 2 < text.size() && text[name_end + 2] != 'Z' &&
         text[name_end + 2] != 'X';
}

/// One recording: DIRECTORY/PROCESS.IMAGE. Image n + 1 of a process came by exec from image n.
struct Image {
  pid_t process = 0;
  int number = 0;
  std::string path;
  bool last = false;  // of its process
};

std::vector<Image> images_in(const std::string& directory) {
  std::vector<Image> images;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    Image image;
    const char* end = name.data() + name.size();
    const auto process = std::from_chars(name.data(), end, image.process);
    if (process.ec != std::errc{} || process.ptr == end || *process.ptr != '.') continue;
    if (std::from_chars(process.ptr + 1, end, image.number).ec != std::errc{}) continue;
    image.path = entry.path().string();
    images.push_back(image);
  }
  std::sort(images.begin(), images.end(), [](const Image& a, const Image& b) {
    return std::pair(a.process, a.number) < std::pair(b.process, b.number);
  });
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i].last = i + 1 == images.size() || images[i + 1].process != images[i].process;
  }
  return images;
}

std::pair<Ending, std::uint32_t> ending_of(const Image& image, const RecordingInfo& info,
                                           pid_t command, int wait_status) {
  if (!image.last) return {Ending::exec, 0};
  if (image.process == command) {
    if (WIFSIGNALED(wait_status)) {
      return {Ending::killed, static_cast<std::uint32_t>(WTERMSIG(wait_status))};
    }
    return {info.exited ? Ending::exit : Ending::quick_exit,
            static_cast<std::uint32_t>(WEXITSTATUS(wait_status))};
  }
  if (info.exited) return {Ending::exit, 0};
  return {is_running(image.process) ? Ending::running : Ending::unknown, 0};
}

struct Written {
  std::string path;
  Summary summary;
};

std::string describe_objects(const Totals& totals) {
  return fmt::format("{} objects, {} asked for, peak {} live, {} {}, {} objects ({}) never freed",
                     totals.objects, human_bytes(totals.made_bytes + totals.resized_bytes),
                     human_bytes(totals.peak_live_bytes), totals.threads,
                     totals.threads == 1 ? "thread" : "threads", totals.live_objects,
                     human_bytes(totals.live_bytes));
}

void print_command_trace(const Written& written, const std::vector<std::string>& command) {
  const Totals& totals = written.summary.totals;
  fmt::print(stderr, "reclaim record: {} {}\n  {}: {}\n  {} events in {} ({:.1f} bytes each)\n",
             joined(command, 60), describe_ending(totals), written.path, describe_objects(totals),
             totals.events, human_bytes(written.summary.file_bytes),
             static_cast<double>(written.summary.file_bytes) / static_cast<double>(totals.events));
  if (totals.dropped != 0) {
    fmt::print(stderr, "  {} events of signal handlers are missing\n", totals.dropped);
  }
}

/// The largest few of the other traces; a shell script may have hundreds.
void print_other_traces(std::span<Written> others) {
  constexpr std::size_t shown_most = 8;
  std::sort(others.begin(), others.end(), [](const Written& a, const Written& b) {
    return a.summary.totals.objects > b.summary.totals.objects;
  });
  for (const Written& other : others.first(std::min(others.size(), shown_most))) {
    fmt::print(stderr, "also {}: {} {}\n  {}\n", other.path,
               joined(other.summary.header.command, 60), describe_ending(other.summary.totals),
               describe_objects(other.summary.totals));
  }
  if (others.size() > shown_most) {
    fmt::print(stderr, "and {} smaller traces of other processes beside them\n",
               others.size() - shown_most);
  }
}

std::string describe_status(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return fmt::format("was killed by signal {} ({})", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
}

/// Turns every recording into a trace and puts the traces where they belong. The command's own
/// (its last image) comes first in the result, if it is there.
std::vector<Written> finish_all(const std::vector<Image>& images, const std::string& directory,
                                const RecordOptions& options, pid_t command, int wait_status,
                                bool& command_recorded) {
  std::vector<Written> traces;
  command_recorded = false;
  for (const Image& image : images) {
    const bool is_command = image.process == command && image.last;
    if (!is_command && !options.children) continue;
    const auto info = inspect_recording(image.path);
    if (!info) continue;
    if (info->header.forked && !image.last) continue;  // from a fork to its exec: no program
    std::string target = options.output;
    if (image.process != command) target += fmt::format(".{}", image.process);
    if (!image.last) target += fmt::format(".exec{}", image.number + 1);
    const auto [ending, detail] = ending_of(image, *info, command, wait_status);
    const std::string temporary = directory + "/trace";
    const auto summary = finish_recording(image.path, temporary, ending, detail);
    if (!summary) continue;
    if (std::rename(temporary.c_str(), target.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category(), target);
    }
    traces.push_back({target, *summary});
    if (!is_command) continue;
    command_recorded = true;
    std::rotate(traces.begin(), traces.end() - 1, traces.end());
  }
  return traces;
}

void wait_for_descendants(const std::string& directory, pid_t command) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto images = images_in(directory);
    if (std::none_of(images.begin(), images.end(), [&](const Image& image) {
          return image.process != command && is_running(image.process);
        })) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

/// LD_PRELOAD takes spaces and colons for separators: such a path gets a link under another name.
std::string preloadable(const std::string& library, std::optional<TemporaryFolder>& link_folder) {
  if (library.find_first_of(" :") == std::string::npos) return library;
  link_folder.emplace("/tmp/reclaim-record-");
  const std::string link = link_folder->path() + "/" + library_name;
  return link_folder->made() && symlink(library.c_str(), link.c_str()) == 0 ? link : std::string{};
}

int run_and_finish(const RecordOptions& options, const std::string& command_path,
                   const std::string& library, const std::string& directory) {
  const std::string& name = options.command.front();
  pid_t process = 0;
  int wait_status = 0;
  {
    const SignalsWhileWaiting signals;
    const int error = spawn(command_path, options, library, directory, signals, process);
    if (error != 0) return fail(exit_usage, "cannot run {}: {}", name, std::strerror(error));
    command_process = process;
    while (waitpid(process, &wait_status, 0) < 0 && errno == EINTR) {
    }
    wait_for_descendants(directory, process);
  }
  const std::vector<Image> images = images_in(directory);
  if (images.empty()) {
    return fail(exit_nothing_recorded,
                "{} {}, but did not load the recorder (static, setuid, or it clears LD_PRELOAD): "
                "no trace",
                name, describe_status(wait_status));
  }
  bool command_recorded = false;
  auto traces = finish_all(images, directory, options, process, wait_status, command_recorded);
  if (!command_recorded) {
    fail(exit_nothing_recorded,
         "{} {}, but never called the C library's malloc (it has an allocator of its own, or "
         "allocates nothing): no trace {}",
         name, describe_status(wait_status), options.output);
  } else if (!options.quiet) {
    print_command_trace(traces.front(), options.command);
  }
  if (!options.quiet || !command_recorded) {
    print_other_traces(std::span(traces).subspan(command_recorded ? 1 : 0));
  }
  return command_recorded ? 0 : exit_nothing_recorded;
}

}  // namespace

int record(const RecordOptions& options) {
  if (options.command.empty() || options.output.empty()) {
    return fail(exit_usage, "usage: reclaim record -o FILE -- CMD ARGS...");
  }
  const std::string& name = options.command.front();
  const auto command_path = find_command(name);
  if (!command_path) return fail(exit_usage, "no such command: {}", name);
  if (const auto why = unrecordable(*command_path)) {
    return fail(exit_nothing_recorded, "{} {}: its malloc cannot be recorded", *command_path, *why);
  }
  std::optional<TemporaryFolder> link_folder;
  const std::string found = find_library(options);
  const std::string library = found.empty() ? found : preloadable(found, link_folder);
  if (library.empty()) {
    return fail(exit_nothing_recorded,
                "{} is not beside this program: build the target "
                "reclaim_record_preload",
                library_name);
  }
  std::error_code error;
  const fs::file_status status = fs::status(options.output, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return fail(exit_cannot_write, "cannot write {}: it is not a regular file", options.output);
  }
  const TemporaryFolder folder(fs::absolute(options.output).string() + ".recording-");
  if (!folder.made()) {
    return fail(exit_cannot_write, "cannot write {}: {}", options.output, std::strerror(errno));
  }
  try {
    return run_and_finish(options, *command_path, library, folder.path());
  } catch (const std::system_error& failure) {
    return fail(exit_cannot_write, "cannot write {}: {}", options.output, failure.code().message());
  }
}

}  // namespace reclaim::trace
