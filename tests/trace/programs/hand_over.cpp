// One thread makes objects, another frees them in the same order; sizes are 20001, 20002, ...
#include <pthread.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

int main() {
  constexpr int objects = 5000;
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<void*> queue;
  std::thread producer([&] {
    for (int i = 1; i <= objects; ++i) {
      void* made = std::malloc(20000 + static_cast<std::size_t>(i));
      const std::lock_guard lock(mutex);
      queue.push_back(made);
      filled.notify_one();
    }
  });
  std::thread consumer([&] {
    for (int i = 0; i < objects; ++i) {
      void* made = nullptr;
      {
        std::unique_lock lock(mutex);
        filled.wait(lock, [&] { return !queue.empty(); });
        made = queue.front();
        queue.pop_front();
      }
      std::free(made);
    }
  });
  producer.join();
  consumer.join();
}
