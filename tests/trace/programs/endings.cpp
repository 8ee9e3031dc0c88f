// Makes 100 objects of 4321 bytes, frees 50, and ends as its argument says.
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace {

std::array<void*, 100> objects;

void make_and_free() {
  for (void*& object : objects) object = std::malloc(4321);
  for (std::size_t i = 0; i < 50; ++i) std::free(objects[i]);
}

int status_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? 0 : 1;
}

struct FreesAtThreadExit {
  void* memory = std::malloc(555);
  ~FreesAtThreadExit() { std::free(memory); }
};

pthread_key_t key;

// Comes back in every round of the destructors, as libraries do that depend on one another.
void free_in_last_round(void* memory) {
  static thread_local int rounds = 0;
  if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    pthread_setspecific(key, memory);
  } else {
    std::free(memory);
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::string way = arguments[1];
  if (way == "thread-exits") {
    pthread_key_create(&key, free_in_last_round);
    for (int i = 0; i < 40; ++i) {
      std::thread([] {
        static thread_local FreesAtThreadExit object;
        static_cast<void>(object.memory);
        pthread_setspecific(key, std::malloc(556));
      }).join();
    }
    return 0;
  }
  if (way == "reuse") {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < 2000; ++n) {
          void* object = std::malloc(64);
          object = std::realloc(object, 200);
          std::free(object);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return 0;
  }
  make_and_free();
  if (way == "exit") return 3;
  if (way == "_exit") _exit(4);
  if (way == "kill") raise(SIGKILL);
  if (way == "abort") std::abort();
  if (way == "exec") execl(arguments[0], arguments[0], "exit", nullptr);
  if (way == "fork") {
    const pid_t child = fork();
    if (child == 0) {
      for (std::size_t i = 50; i < 75; ++i) std::free(objects[i]);  // inherited
      for (int i = 0; i < 10; ++i) objects[0] = std::malloc(999);
      std::exit(0);
    }
    return status_of(child);
  }
  if (way == "fork-exec") {
    const pid_t child = fork();
    if (child == 0) {
      execl(arguments[0], arguments[0], "_exit", nullptr);
      _exit(127);
    }
    return status_of(child) == 1 ? 0 : 1;
  }
  if (way == "spawn") {
    pid_t child = 0;
    char exit_word[] = "exit";
    char* words[] = {arguments[0], exit_word, nullptr};
    if (posix_spawn(&child, arguments[0], nullptr, nullptr, words, environ) != 0) return 1;
    return status_of(child) == 1 ? 0 : 1;
  }
  if (way == "vfork") {
    const pid_t child = vfork();
    if (child == 0) {
      execl(arguments[0], arguments[0], "exit", nullptr);
      _exit(127);
    }
    return status_of(child) == 1 ? 0 : 1;
  }
  if (way == "fork-in-threads") {
    // Children are born while another thread is in the middle of allocating.
    std::thread busy([] {
      for (int i = 0; i < 200000; ++i) std::free(std::malloc(64));
    });
    int failures = 0;
    for (int i = 0; i < 20; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        std::free(std::malloc(888));
        std::exit(0);
      }
      failures += status_of(child);
    }
    busy.join();
    return failures;
  }
  if (way == "close-all") {
    for (int descriptor = 3; descriptor < 1024; ++descriptor) close(descriptor);
    for (int i = 0; i < 100000; ++i) std::free(std::malloc(64));
    return 0;
  }
  return 0;
}
