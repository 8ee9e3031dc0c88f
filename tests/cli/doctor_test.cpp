// The doctor on machines made of files: what is unfit is found, named and given advice.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "cli/fitness.h"
#include "command.h"

namespace reclaim::cli {
namespace {

namespace fs = std::filesystem;

/// A quiet machine with four cores; tests spoil what they are about.
class FakeMachine {
 public:
  FakeMachine() {
    write("sys/devices/system/cpu/online", "0-3");
    for (int cpu = 0; cpu < 4; ++cpu) {
      write_cpu(cpu, "topology/thread_siblings_list", std::to_string(cpu));
      write_cpu(cpu, "cpufreq/scaling_governor", "performance");
    }
    write("sys/devices/system/cpu/intel_pstate/no_turbo", "1");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    write("proc/sys/kernel/randomize_va_space", "0");
    write("proc/meminfo",
          "MemTotal: 16000000 kB\nMemAvailable: 12000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    write("proc/loadavg", "0.08 0.10 0.12 1/234 5678");
    write("proc/stat", "cpu  1000 0 1000 98000 0 0 0 0 0 0");
    write("proc/self/cgroup", "0::/");
  }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_.path() / path).parent_path());
    write_file(folder_.path() / path, text + "\n");
  }
  void write_cpu(int cpu, const std::string& path, const std::string& text) const {
    write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/" + path, text);
  }

  void remove(const std::string& path) const { fs::remove(folder_.path() / path); }

  std::map<std::string, Examination> examine() const {
    std::map<std::string, Examination> by_name;
    for (Examination& finding : examine_settings(folder_.path().string())) {
      by_name[finding.what] = finding;
    }
    return by_name;
  }
  /// The one thing that is not good; the machine has no other.
  Examination complaint() const {
    Examination found{"nothing", "", Fitness::good, ""};
    for (const auto& [name, finding] : examine()) {
      if (finding.fitness == Fitness::good) continue;
      EXPECT_EQ(found.what, "nothing") << "also " << name << ": " << finding.seen;
      found = finding;
    }
    return found;
  }

 private:
  TemporaryFolder folder_;
};

TEST(Doctor, FindsAQuietMachineFit) {
  const FakeMachine machine;
  for (const auto& [name, finding] : machine.examine()) {
    EXPECT_EQ(finding.fitness, Fitness::good) << name << ": " << finding.seen;
    EXPECT_EQ(finding.advice, "") << name;
  }
  EXPECT_EQ(machine.examine().at("cores").seen, "4");
}

TEST(Doctor, HoldsWhatIsNotVisibleAgainstNobody) {
  const TemporaryFolder nothing;
  for (const Examination& finding : examine_settings(nothing.path().string())) {
    EXPECT_EQ(finding.fitness, Fitness::good) << finding.what << ": " << finding.seen;
  }
}

TEST(Doctor, SeesThreadsThatShareCores) {
  const FakeMachine machine;
  for (int cpu = 0; cpu < 4; ++cpu) {
    machine.write_cpu(cpu, "topology/thread_siblings_list", cpu < 2 ? "0-1" : "2-3");
  }
  const Examination found = machine.complaint();
  EXPECT_EQ(found.what, "SMT");
  EXPECT_EQ(found.seen, "on: 2 physical cores");
  EXPECT_NE(found.advice.find("up to 2 threads"), std::string::npos) << found.advice;
}

TEST(Doctor, SeesAGovernorThatChangesTheClockOnAnyCore) {
  const FakeMachine machine;
  machine.write_cpu(3, "cpufreq/scaling_governor", "powersave");
  const Examination found = machine.complaint();
  EXPECT_EQ(found.what, "governor");
  EXPECT_EQ(found.fitness, Fitness::unfit);
  EXPECT_EQ(found.seen, "performance, powersave");
}

TEST(Doctor, SeesTurboOfEitherMaker) {
  const FakeMachine intel;
  intel.write("sys/devices/system/cpu/intel_pstate/no_turbo", "0");
  EXPECT_EQ(intel.complaint().what, "turbo");
  EXPECT_NE(intel.complaint().advice.find("echo 1 > /sys/"), std::string::npos)
      << "advice names the user's files";
  const FakeMachine other;
  other.remove("sys/devices/system/cpu/intel_pstate/no_turbo");
  other.write("sys/devices/system/cpu/cpufreq/boost", "1");
  EXPECT_EQ(other.complaint().what, "turbo");
  EXPECT_NE(other.complaint().advice.find("echo 0 > /sys/"), std::string::npos);
}

TEST(Doctor, SeesRandomLayoutsAndHugePages) {
  const FakeMachine random;
  random.write("proc/sys/kernel/randomize_va_space", "2");
  EXPECT_EQ(random.complaint().what, "ASLR");
  const FakeMachine huge;
  huge.write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
  EXPECT_EQ(huge.complaint().what, "huge pages");
}

TEST(Doctor, SeesTheLimitsOfACgroupOfVersionTwo) {
  const FakeMachine machine;
  machine.write("proc/self/cgroup", "0::/box");
  machine.write("sys/fs/cgroup/box/cpu.max", "150000 100000");
  EXPECT_EQ(machine.complaint().what, "limits");
  EXPECT_EQ(machine.complaint().seen, "cgroup v2, 1.5 CPUs, memory not limited");
  machine.write("sys/fs/cgroup/box/cpu.stat", "usage_usec 1\nnr_periods 9\nnr_throttled 7");
  machine.write("sys/fs/cgroup/box/memory.max", "8000000000");
  machine.write("sys/fs/cgroup/box/memory.current", "1000000000");
  EXPECT_EQ(machine.complaint().seen,
            "cgroup v2, 1.5 CPUs, 8.00 GB memory, throttled 7 times so far");
  machine.write("sys/fs/cgroup/box/cpu.max", "max 100000");
  EXPECT_EQ(machine.complaint().what, "nothing") << "a limit that was lifted";
}

TEST(Doctor, SeesTheLimitsOfACgroupOfVersionOne) {
  const FakeMachine machine;
  machine.write("proc/self/cgroup", "4:cpu,cpuacct:/box\n9:memory:/box");
  const std::string cpu = "sys/fs/cgroup/cpu,cpuacct/box/", memory = "sys/fs/cgroup/memory/box/";
  machine.write(cpu + "cpu.cfs_quota_us", "200000");
  machine.write(cpu + "cpu.cfs_period_us", "100000");
  machine.write(cpu + "cpu.stat", "nr_periods 9\nnr_throttled 3\nthrottled_time 5");
  machine.write(memory + "memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(machine.complaint().seen,
            "cgroup v1, 2 CPUs, memory not limited, throttled 3 times so far");
  machine.write(cpu + "cpu.cfs_quota_us", "-1");
  EXPECT_EQ(machine.complaint().what, "nothing");
}

TEST(Doctor, SeesLittleMemoryAndUsedSwap) {
  const FakeMachine little;
  little.write("proc/meminfo", "MemAvailable: 2000000 kB");
  EXPECT_EQ(little.complaint().what, "memory");
  const FakeMachine limited;
  limited.write("proc/self/cgroup", "0::/box");
  limited.write("sys/fs/cgroup/box/memory.max", "2000000000");
  limited.write("sys/fs/cgroup/box/memory.current", "500000000");
  EXPECT_EQ(limited.complaint().seen, "1.50 GB available");
  const FakeMachine swapping;
  swapping.write("proc/meminfo",
                 "MemAvailable: 12000000 kB\nSwapTotal: 4000000 kB\nSwapFree: 1000000 kB");
  EXPECT_EQ(swapping.complaint().what, "swap");
  EXPECT_EQ(swapping.complaint().seen, "3.07 GB of 4.10 GB used");
}

TEST(Doctor, SeesLoadAndTimeThatTheHostTook) {
  const FakeMachine busy;
  busy.write("proc/loadavg", "1.31 0.10 0.12 1/234 5678");
  EXPECT_EQ(busy.complaint().what, "load");
  EXPECT_EQ(busy.complaint().fitness, Fitness::unfit);
  const FakeMachine guest;
  guest.write("proc/stat", "cpu  1000 0 1000 93000 0 0 0 5000 0 0");
  EXPECT_EQ(guest.complaint().seen, "5.0 % since the machine started");
}

TEST(Doctor, JudgesSpinsByTheirSpreadAndTheWorst) {
  std::vector<double> spins(100, 0.001);
  EXPECT_EQ(judge_spins(spins).fitness, Fitness::good);
  spins[50] = 0.006;  // once, five milliseconds longer
  EXPECT_EQ(judge_spins(spins).fitness, Fitness::note);
  EXPECT_EQ(judge_spins(spins).seen,
            "a fixed spin of 1.00 ms varies by 0.0 % (90th percentile over median); worst hiccup "
            "5.00 ms");
  for (std::size_t i = 0; i < 20; ++i) spins[i] = 0.0012;
  EXPECT_EQ(judge_spins(spins).fitness, Fitness::unfit);
  EXPECT_NE(judge_spins(spins).seen.find("varies by 20.0 %"), std::string::npos);
}

TEST(Doctor, TimesSpinsOfAboutAMillisecond) {
  const std::vector<double> spins = time_spins();
  ASSERT_FALSE(spins.empty());
  for (const double seconds : spins) EXPECT_GT(seconds, 0);
}

TEST(Doctor, IsAskedByStrictRuns) {
  const TemporaryFolder folder;
  const std::string out = folder.file("out");
  const Ended ended = run_command(
      "$RECLAIM report --strict -q -m plain -w fine --size tiny --rounds 1 --out " + out);
  EXPECT_TRUE(ended.code == 0 || ended.code == 3) << ended.code << ended.err;
  EXPECT_EQ(std::filesystem::exists(out), ended.code == 0) << "a refused report leaves no folder";
}

}  // namespace
}  // namespace reclaim::cli
