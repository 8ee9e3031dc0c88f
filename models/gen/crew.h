// The threads that help a collection. They sleep until one calls them, which is when it has turned
// out to be large: a collection begins alone, and most end before a thread could have woken.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace reclaim::gen {

/// Worker 0 is whoever collects; the crew are the others.
inline constexpr unsigned workers_most = 8;

/// One caller at a time.
class Crew {
 public:
  /// `workers`: how many may collect together, the caller among them; in [1, workers_most].
  explicit Crew(unsigned workers) : size_(workers - 1) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Starts the threads that are missing for `helpers`. How many there are, up to `helpers`: fewer
  /// where size() is smaller, or where the system gives no more threads.
  unsigned hire(unsigned helpers);
  /// Every worker from 0, the caller, to `helpers`, all hired, does work(worker); returns when all
  /// have.
  template <class Work>
  void together(unsigned helpers, Work&& work) {
    call(
        helpers, [](void* job, unsigned worker) { (*static_cast<Work*>(job))(worker); }, &work);
    work(0u);
    await();
  }
  /// Helpers at most.
  unsigned size() const { return size_; }

 private:
  using Job = void (*)(void* work, unsigned worker);
  void call(unsigned helpers, Job job, void* work);
  void await();
  void stand_by(unsigned worker);

  unsigned size_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable called_;
  std::condition_variable finished_;
  std::uint64_t calls_ = 0;
  unsigned helpers_ = 0;  ///< of the last call
  Job job_ = nullptr;
  void* work_ = nullptr;
  bool leaving_ = false;
  std::atomic<unsigned> busy_{0};  ///< helpers that have not finished the last call
};

}  // namespace reclaim::gen
