// The four ways of talking, between threads that stand for processes, and, where somebody dies,
// between processes.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "processes/dict.h"
#include "processes/pipe.h"
#include "processes/queue.h"
#include "processes/stage.h"
#include "processes/value.h"

namespace reclaim::processes {
namespace {

/// f() in a process of its own, forked while this one has no other thread; its exit status.
template <class F>
int in_another_process(F&& f) {
  const pid_t child = ::fork();
  if (child == 0) {
    f();
    ::_exit(0);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

std::string message(int sender, int number) {
  return std::to_string(sender) + ":" + std::to_string(number) +
         std::string(static_cast<std::size_t>(number % 7) * 3000, 'x');
}

TEST(Queue, GivesEachMessageOnceWhoeverPutsAndWhoeverTakes) {
  constexpr int putters = 3, takers = 3, each = 120;
  const SharedStage stage = SharedStage::make(1);
  const Ends ends = make_pipe();
  std::vector<std::thread> threads;
  std::vector<std::multiset<std::string>> taken(takers);
  for (int putter = 0; putter < putters; ++putter) {
    threads.emplace_back([&, putter] {
      Queue queue(stage->tasks, ends.read.number(), ends.write.number());
      for (int i = 0; i < each; ++i) queue.put(message(putter, i));
      EXPECT_EQ(queue.traffic().messages, std::uint64_t{each});
    });
  }
  for (int taker = 0; taker < takers; ++taker) {
    threads.emplace_back([&, taker] {
      Queue queue(stage->tasks, ends.read.number(), ends.write.number());
      std::string got;
      for (int i = 0; i < putters * each / takers; ++i) {
        queue.get(got);
        taken[static_cast<std::size_t>(taker)].insert(got);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::multiset<std::string> all;
  for (const auto& some : taken) all.insert(some.begin(), some.end());
  EXPECT_EQ(all.size(), std::size_t{putters * each});
  for (int putter = 0; putter < putters; ++putter) {
    for (int i = 0; i < each; ++i) EXPECT_EQ(all.count(message(putter, i)), 1u);
  }
}

TEST(Queue, HasRoomForSoManyMessagesAndNoMore) {
  const SharedStage stage = SharedStage::make(1);
  const Ends ends = make_pipe();
  Queue queue(stage->tasks, ends.read.number(), ends.write.number());
  for (unsigned i = 0; i < queue_capacity; ++i) queue.put("one");
  EXPECT_NE(sem_trywait(&stage->tasks.free_places), 0) << "there is room for another";
  std::string got;
  queue.get(got);
  EXPECT_EQ(sem_trywait(&stage->tasks.free_places), 0) << "its place is free again";
}

TEST(Pipe, HasTwoEndsThatBothSendAndReceive) {
  const Ends ends = make_socket_pair();
  std::thread other([&] {
    PipeEnd end(ends.write.number());
    std::string got;
    for (int i = 0; i < 50; ++i) {
      end.receive(got);
      end.send(as_bytes(got + "!"));
    }
  });
  PipeEnd end(ends.read.number());
  std::string got;
  for (int i = 0; i < 50; ++i) {
    end.send(as_bytes(message(0, i)));
    end.receive(got);
    EXPECT_EQ(got, message(0, i) + "!");
  }
  other.join();
  EXPECT_EQ(end.traffic().messages, 50u);
}

TEST(Pipe, SaysThatTheOtherEndIsGone) {
  ::signal(SIGPIPE, SIG_IGN);
  Ends ends = make_socket_pair();
  ends.write.close();
  PipeEnd end(ends.read.number());
  std::string got;
  EXPECT_THROW(end.receive(got), OthersAreGone);
  EXPECT_THROW(end.send(as_bytes(message(0, 3))), OthersAreGone);
}

/// A server with its clients' ends, served by a thread until all of those are closed.
class Served {
 public:
  explicit Served(int clients) {
    for (int i = 0; i < clients; ++i) {
      Ends ends = make_socket_pair();
      server_.add(std::move(ends.read));
      ends_.push_back(std::move(ends.write));
    }
    thread_ = std::thread([this, clients] {
      for (int left = clients; left != 0;) {
        std::vector<pollfd> watched;
        for (int i = 0; i < clients; ++i) {
          const auto client = static_cast<std::size_t>(i);
          watched.push_back({gone_.contains(i) ? -1 : server_.descriptor(client), POLLIN, 0});
        }
        ::poll(watched.data(), watched.size(), -1);
        for (int i = 0; i < clients; ++i) {
          const auto client = static_cast<std::size_t>(i);
          if (watched[client].revents == 0 || server_.serve(client)) continue;
          gone_.insert(i);
          --left;
        }
      }
    });
  }
  ~Served() { end(); }
  /// How many values it is left with.
  std::size_t end() {
    ends_.clear();
    if (thread_.joinable()) thread_.join();
    return server_.size();
  }
  int descriptor(int client) const { return ends_[static_cast<std::size_t>(client)].number(); }

 private:
  DictServer server_;
  std::vector<Descriptor> ends_;
  std::set<int> gone_;
  std::thread thread_;
};

TEST(Dict, GivesEveryoneWhatAnyoneSet) {
  Served served(2);
  DictClient one(served.descriptor(0)), other(served.descriptor(1));
  std::string got;
  for (std::uint64_t key = 0; key < 20; ++key) one.set(key, message(0, static_cast<int>(key)));
  for (std::uint64_t key = 20; key-- > 0;) {
    other.take(key, got);
    EXPECT_EQ(got, message(0, static_cast<int>(key)));
  }
  EXPECT_EQ(served.end(), 0u);
}

TEST(Dict, LetsWhoAsksTooEarlyWait) {
  Served served(2);
  std::thread early([&] {
    DictClient client(served.descriptor(1));
    std::string got;
    for (std::uint64_t key = 0; key < 100; ++key) {
      client.take(key, got);
      EXPECT_EQ(got, std::to_string(key));
      client.set(1000 + key, got + " taken");
    }
  });
  DictClient client(served.descriptor(0));
  std::string got;
  for (std::uint64_t key = 0; key < 100; ++key) {
    client.set(key, std::to_string(key));
    client.take(1000 + key, got);
    EXPECT_EQ(got, std::to_string(key) + " taken");
  }
  early.join();
  EXPECT_EQ(served.end(), 0u);
}

TEST(Dict, OutlivesAClientThatSpeaksNonsense) {
  Served served(2);
  write_message(served.descriptor(1), as_bytes(std::string("?")));
  DictClient client(served.descriptor(0));
  std::string got;
  client.set(1, "one");
  client.take(1, got);
  EXPECT_EQ(got, "one");
}

TEST(Value, LosesNoUpdateOfTwoProcesses) {
  constexpr std::uint64_t times = 200'000;
  const SharedStage stage = SharedStage::make(2);
  const pid_t child = ::fork();
  for (std::uint64_t i = 0; i < times; ++i) stage->total.add(1);
  if (child == 0) ::_exit(0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(stage->total.add(0), 2 * times);
}

TEST(Value, SaysThatAProcessDiedWithItsLock) {
  const SharedStage stage = SharedStage::make(2);
  const int status = in_another_process([&] {
    stage->total.locked([](std::uint64_t& word) {
      word = 7;
      ::raise(SIGKILL);
    });
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_THROW(stage->total.add(1), OthersAreGone);
  EXPECT_THROW(stage->total.add(1), OthersAreGone) << "nor is it trusted later";
}

TEST(Queue, SaysThatATakerDiedInTheMiddle) {
  const SharedStage stage = SharedStage::make(2);
  const Ends ends = make_pipe();
  const int status = in_another_process([&] {
    stage->tasks.readers.lock();
    ::raise(SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  Queue queue(stage->tasks, ends.read.number(), ends.write.number());
  std::string got;
  EXPECT_THROW(queue.get(got), OthersAreGone);
}

TEST(Stage, IsZeroPagesUntilSomethingIsRecorded) {
  const SharedStage stage = SharedStage::make(most_processes);
  EXPECT_EQ(stage->stops(most_processes - 1, stop_cause_count - 1).count(), 0u);
  EXPECT_EQ(stage->phases.back().load(), Phase::starting);
  struct stat memory {};
  ::fstat(stage.descriptor(), &memory);
  EXPECT_GE(static_cast<std::size_t>(memory.st_size), sizeof(Stage));
  EXPECT_LE(memory.st_blocks * 512, 5 * 4096) << "making it has touched more than its beginning";
}

}  // namespace
}  // namespace reclaim::processes
