// errands: one sends trees of objects to others, who look at them and answer with a word: what
// talking costs. Threads hand each other the objects themselves. Processes, which share none, send
// them as bytes, by one of the four ways of src/processes: a queue, pipes, a managed dict; or, by a
// shared value, send nothing but numbers and make the trees where they are needed. What is shared
// and what is sent is the same work with the same checksum.
//
// One alone does all by turns: over threads' objects the hand-over costs nothing; apart, each tree
// goes through bytes and back, which is what serialising costs without anybody to talk to.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bits.h"
#include "boundary/model.h"
#include "boundary/workload.h"
#include "measure/clock.h"
#include "processes/parcel.h"
#include "processes/post.h"

namespace reclaim {

inline constexpr ParameterInfo errands_parameters[] = {
    {"tasks", "trees that are sent", 20, 6000, 100000, 1, 1e9},
    {"way", "1: a queue, 2: pipes, 3: a managed dict, 4: a shared value", 1, 1, 1, 1, 4},
    {"depth", "depth of a tree of 2^(depth + 1) - 1 objects", 3, 6, 6, 0, 20},
    {"bytes", "payload of a tree, beside its objects", 64, 1024, 1024, 8, 1e8},
    {"ahead", "trees that are sent before the first answer is waited for", 4, 64, 64, 1, 100},
};

namespace errands {

enum class Way : int { queue = 1, pipe, dict, value };

template <class M>
struct Tree : M::template Object<Tree<M>> {
  typename M::template Field<Tree> left, right;
  typename M::template Field<typename M::Blob> payload;  // of the root only
  std::uint64_t value = 0;
  std::uint64_t number = 0;  // of the task, in the root
  static constexpr auto refs() { return std::tuple{&Tree::left, &Tree::right, &Tree::payload}; }
};

/// Where threads hand trees over: first in, first out.
template <class M>
struct Desk : M::template Object<Desk<M>, Monitored> {
  typename M::template Field<typename M::template Array<Tree<M>>> slots;
  std::uint64_t put = 0, taken = 0;
  bool closed = false;
  static constexpr auto refs() { return std::tuple{&Desk::slots}; }
};

/// What threads write together: what processes keep in shared values.
template <class M>
struct Tally : M::template Object<Tally<M>, Monitored> {
  std::uint64_t next = 0, total = 0, finished = 0;
};

/// Where threads hand trees over: one desk for all, as there is one queue, or one for each of those
/// who take.
inline std::uint64_t desk_count(Way way, int threads) {
  return way == Way::queue || threads == 1 ? 1 : static_cast<std::uint64_t>(threads - 1);
}

/// A tree in each hand, and full desks.
inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const auto parameter = [&](std::string_view name) {
    return static_cast<std::uint64_t>(context.parameters.integer(name));
  };
  const auto way = static_cast<Way>(parameter("way"));
  const std::uint64_t desks = desk_count(way, context.threads);
  const std::uint64_t tree =
      ((std::uint64_t{2} << parameter("depth")) - 1) * 40 + parameter("bytes");
  const std::uint64_t on_desks =
      context.threads == 1 || way == Way::value ? 0 : desks * parameter("ahead");
  const std::uint64_t trees =
      std::min(static_cast<std::uint64_t>(context.threads) + on_desks, parameter("tasks"));
  return trees * tree + desks * (parameter("ahead") * 8 + 32 + 8) + 24;
}

/// An answer: flat, for it is two words.
struct Answer {
  std::uint64_t number = 0, word = 0;
};

}  // namespace errands

inline constexpr WorkloadInfo errands_info{
    .id = "errands",
    .shows =
        "sending work and gathering answers: what messages between processes cost, and "
        "sharing does not",
    .origin = "ours; the examples of Python's multiprocessing",
    .parameters = errands_parameters,
    .scaling = WorkScaling::total,
    .peak_live_bytes = errands::peak_live_bytes,
    .shares = shares_nothing};

template <Model M>
class Errands {
  using Mutator = typename M::Mutator;
  using Blob = typename M::Blob;
  using Tree = errands::Tree<M>;
  using Trees = typename M::template Array<Tree>;
  using Desk = errands::Desk<M>;
  using Desks = typename M::template Array<Desk>;
  using Tally = errands::Tally<M>;
  using Way = errands::Way;
  using Answer = errands::Answer;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  Errands(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(context.threads),
        here_(static_cast<std::uint64_t>(context.mutators_here())),
        apart_(context.apart),
        tasks_(static_cast<std::uint64_t>(context.parameters.integer("tasks"))),
        way_(static_cast<Way>(context.parameters.integer("way"))),
        depth_(context.parameters.integer("depth")),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        ahead_(static_cast<std::uint64_t>(context.parameters.integer("ahead"))),
        desks_(m.heap()),
        tally_(m.heap()) {
    if (apart_ != nullptr) {
      before_ = apart_->post->traffic();
      if (apart_->index == 0) reset_values();
      return;
    }
    m.store(tally_, Local<Tally>{m, m.template make<Tally>()});
    Local<Desks> desks{m, m.template make_array<Desk>(desk_count())};
    for (std::size_t i = 0; i < desk_count(); ++i) {
      Local<Trees> slots{m, m.template make_array<Tree>(ahead_)};
      Local<Desk> desk{m, m.template make<Desk>()};
      m.store(desk, &Desk::slots, slots);
      m.store(desks, i, desk);
    }
    m.store(desks_, desks);
  }

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    if (threads_ == 1) {
      alone(m, outcome);
    } else if (way_ == Way::value) {
      by_number(m, outcome);
    } else if (apart_ != nullptr) {
      thread == 0 ? send_and_gather(m, outcome) : receive_and_answer(m, outcome, thread);
    } else {
      thread == 0 ? hand_out(m) : take_and_tally(m, outcome, thread);
      leave_tally(m, outcome);
    }
    return outcome;
  }

  void finish(Mutator& m) {
    if (apart_ != nullptr) return;
    Local<Tally> tally{m, m.load(tally_)};
    Local<Desks> desks{m, m.load(desks_)};
    m.store(tally_, nullptr);
    m.store(desks_, nullptr);
    m.discard(tally);
    for (std::size_t i = 0; i < desk_count(); ++i) {
      Local<Desk> desk{m, m.load(desks, i)};
      Local<Trees> slots{m, m.load(desk, &Desk::slots)};
      m.store(desks, i, nullptr);
      m.discard(slots);
      m.discard(desk);
    }
    m.discard(desks);
  }

  /// What the messages of this process came to; nothing where objects are shared.
  std::vector<std::pair<std::string, double>> extra() const {
    if (apart_ == nullptr) return {};
    const processes::Traffic traffic = apart_->post->traffic().since(before_);
    const auto number = [](auto value) { return static_cast<double>(value); };
    return {{"messages", number(traffic.messages)},
            {"sent_bytes", number(traffic.bytes)},
            {"copied_bytes", number(traffic.copied_bytes + parcel_bytes_)},
            {"serialise_s", number(serialise_ns_) * 1e-9},
            {"deserialise_s", number(deserialise_ns_) * 1e-9},
            {"talk_s", number(talk_ns_) * 1e-9}};
  }

 private:
  // --- the work, which is the same whoever does it ---

  Fresh<Tree> make_tree(Mutator& m, std::uint64_t number) {
    std::uint64_t value = pattern(seed_, number);
    Local<Tree> root{m, make_subtree(m, value, depth_)};
    root->number = number;
    Local<Blob> payload{m, m.make_blob(bytes_)};
    for (std::size_t at = 0; at + sizeof value <= bytes_; at += sizeof value, ++value) {
      std::memcpy(payload->data() + at, &value, sizeof value);
    }
    m.store(root, &Tree::payload, payload);
    return m.escape(root);
  }

  Fresh<Tree> make_subtree(Mutator& m, std::uint64_t& value, std::int64_t depth) {
    Local<Tree> tree{m, m.template make<Tree>()};
    tree->value = value++;
    if (depth != 0) {
      m.store(tree, &Tree::left, make_subtree(m, value, depth - 1));
      m.store(tree, &Tree::right, make_subtree(m, value, depth - 1));
    }
    return m.escape(tree);
  }

  /// The last use of a tree: its objects and its payload, and it is gone.
  std::uint64_t use(Mutator& m, Outcome& outcome, Local<Tree>& root) {
    const std::uint64_t number = root->number;
    std::uint64_t word = 0;
    {
      Local<Blob> payload{m, m.load(root, &Tree::payload)};
      for (std::size_t at = 0; at + sizeof word <= bytes_; at += sizeof word) {
        std::uint64_t value = 0;
        std::memcpy(&value, payload->data() + at, sizeof value);
        word += mix(value);
      }
      m.discard(payload);
    }
    word += use_subtree(m, root);
    ++outcome.operations;
    return mix(word ^ number);
  }

  static std::uint64_t use_subtree(Mutator& m, Local<Tree>& tree) {
    std::uint64_t word = (tree->value ^ tree->value >> 29) * 0x9e3779b97f4a7c15u;
    for (const auto side : {&Tree::left, &Tree::right}) {
      Local<Tree> child{m, m.load(tree, side)};
      if (child) word += use_subtree(m, child);
    }
    m.discard(tree);
    return word;
  }

  void alone(Mutator& m, Outcome& outcome) {
    for (std::uint64_t number = 0; number < tasks_; ++number) {
      Local<Tree> tree{m, make_tree(m, number)};
      if (apart_ != nullptr) {
        const std::string bytes = serialise(m, tree);
        tree = deserialise(m, bytes);
      } else {
        Local<Desk> desk{m, desk_of(m, number)};
        put(m, desk, tree);
        tree = take(m, desk);
      }
      outcome.checksum += use(m, outcome, tree);
      m.poll();
    }
  }

  // --- sharing ---

  /// One for all, or one for each of those who take, as there is one queue and there are many
  /// pipes.
  std::size_t desk_count() const {
    return way_ == Way::queue || threads_ == 1 ? 1 : static_cast<std::size_t>(threads_ - 1);
  }
  Fresh<Desk> desk_of(Mutator& m, std::uint64_t number) {
    Local<Desks> desks{m, m.load(desks_)};
    return m.load(desks, number % desk_count());
  }

  void put(Mutator& m, const Local<Desk>& desk, Local<Tree>& tree) {
    Local<Trees> slots{m, m.load(desk, &Desk::slots)};
    m.synchronized(desk, [&] {
      while (desk->put - desk->taken == ahead_) m.wait(desk);
      m.store(slots, desk->put++ % ahead_, m.escape(tree));
      m.notify_all(desk);
    });
  }
  /// The next tree; null when none will come.
  Fresh<Tree> take(Mutator& m, const Local<Desk>& desk) {
    Local<Trees> slots{m, m.load(desk, &Desk::slots)};
    Local<Tree> tree{m};
    m.synchronized(desk, [&] {
      while (desk->put == desk->taken && !desk->closed) m.wait(desk);
      if (desk->put == desk->taken) return;
      const std::size_t slot = desk->taken++ % ahead_;
      tree = m.load(slots, slot);
      m.store(slots, slot, nullptr);
      m.notify_all(desk);
    });
    return m.escape(tree);
  }

  void hand_out(Mutator& m) {
    for (std::uint64_t number = 0; number < tasks_; ++number) {
      Local<Tree> tree{m, make_tree(m, number)};
      Local<Desk> desk{m, desk_of(m, number)};
      put(m, desk, tree);
      m.poll();
    }
    for (std::size_t i = 0; i < desk_count(); ++i) {
      Local<Desk> desk{m, desk_of(m, i)};
      m.synchronized(desk, [&] {
        desk->closed = true;
        m.notify_all(desk);
      });
    }
  }

  void take_and_tally(Mutator& m, Outcome& outcome, int thread) {
    Local<Desk> desk{m, desk_of(m, static_cast<std::uint64_t>(thread - 1))};
    Local<Tally> tally{m, m.load(tally_)};
    for (;;) {
      Local<Tree> tree{m, take(m, desk)};
      if (!tree) return;
      const std::uint64_t word = use(m, outcome, tree);
      m.synchronized(tally, [&] { tally->total += word; });
      m.poll();
    }
  }

  /// The last to come reads the total out.
  void leave_tally(Mutator& m, Outcome& outcome) {
    Local<Tally> tally{m, m.load(tally_)};
    m.synchronized(tally, [&] {
      if (++tally->finished == here_) outcome.checksum += tally->total;
    });
  }

  // --- by number: no object goes anywhere ---

  void by_number(Mutator& m, Outcome& outcome) {
    for (std::uint64_t number = next_number(m); number < tasks_; number = next_number(m)) {
      Local<Tree> tree{m, make_tree(m, number)};
      const std::uint64_t word = use(m, outcome, tree);
      if (apart_ != nullptr) {
        talk(m, [&] { apart_->post->total.add(word); });
      } else {
        Local<Tally> tally{m, m.load(tally_)};
        m.synchronized(tally, [&] { tally->total += word; });
      }
      m.poll();
    }
    if (apart_ == nullptr) return leave_tally(m, outcome);
    processes::Post& post = *apart_->post;
    talk(m, [&] {
      const auto all = static_cast<std::uint64_t>(threads_);
      if (post.finished.add(1) + 1 == all) outcome.checksum += post.total.add(0);
    });
  }

  std::uint64_t next_number(Mutator& m) {
    std::uint64_t number = 0;
    if (apart_ != nullptr) {
      talk(m, [&] { number = apart_->post->next.add(1); });
    } else {
      Local<Tally> tally{m, m.load(tally_)};
      m.synchronized(tally, [&] { number = tally->next++; });
    }
    return number;
  }

  void reset_values() {
    for (processes::Value* value :
         {&apart_->post->next, &apart_->post->total, &apart_->post->finished}) {
      value->locked([](std::uint64_t& word) { word = 0; });
    }
  }

  // --- by message ---

  std::string serialise(Mutator& m, Local<Tree>& root) {
    const std::int64_t begin_ns = now_ns();
    processes::ParcelWriter writer{std::size_t{2} << depth_};  // the number is a row before them
    writer.add({root->number, {}, false});
    write_subtree(m, writer, root);
    std::string bytes = writer.finish();
    parcel_bytes_ += bytes.size();
    serialise_ns_ += now_ns() - begin_ns;
    return bytes;
  }
  void write_subtree(Mutator& m, processes::ParcelWriter& writer, Local<Tree>& tree) {
    Local<Tree> left{m, m.load(tree, &Tree::left)};
    Local<Tree> right{m, m.load(tree, &Tree::right)};
    Local<Blob> payload{m, m.load(tree, &Tree::payload)};
    processes::NodeImage image{tree->value, {}, static_cast<bool>(left)};
    if (payload) image.payload = {payload->data(), payload->size()};
    writer.add(image);
    if (left) write_subtree(m, writer, left);
    if (right) write_subtree(m, writer, right);
    // It has been sent: the sender's own is of no more use.
    m.discard(payload);
    m.discard(tree);
  }

  Fresh<Tree> deserialise(Mutator& m, const std::string& bytes) {
    const std::int64_t begin_ns = now_ns();
    processes::ParcelReader reader{bytes};
    const std::uint64_t number = reader.next().value;
    Local<Tree> root{m, read_subtree(m, reader)};
    root->number = number;
    parcel_bytes_ += bytes.size();
    deserialise_ns_ += now_ns() - begin_ns;
    return m.escape(root);
  }
  Fresh<Tree> read_subtree(Mutator& m, processes::ParcelReader& reader) {
    const processes::NodeImage image = reader.next();
    Local<Tree> tree{m, m.template make<Tree>()};
    tree->value = image.value;
    if (!image.payload.empty()) {
      Local<Blob> payload{m, m.make_blob(image.payload.size())};
      std::memcpy(payload->data(), image.payload.data(), image.payload.size());
      m.store(tree, &Tree::payload, payload);
    }
    if (image.inner) {
      m.store(tree, &Tree::left, read_subtree(m, reader));
      m.store(tree, &Tree::right, read_subtree(m, reader));
    }
    return m.escape(tree);
  }

  /// f() talks to other processes: meanwhile this one's interpreter lock is let go.
  template <class F>
  void talk(Mutator& m, F&& f) {
    const std::int64_t begin_ns = now_ns();
    m.blocking([&] { processes::talk(f); });
    talk_ns_ += now_ns() - begin_ns;
  }

  int taker_of(std::uint64_t number) const {
    return 1 + static_cast<int>(number % static_cast<std::uint64_t>(threads_ - 1));
  }
  /// Where the answer to a task stands in the dict, where the tasks stand under their numbers.
  std::uint64_t answer_key(std::uint64_t number) const { return tasks_ + number; }

  void send_and_gather(Mutator& m, Outcome& outcome) {
    std::uint64_t gathered = 0;
    for (std::uint64_t number = 0; number < tasks_; ++number) {
      Local<Tree> tree{m, make_tree(m, number)};
      std::string bytes = serialise(m, tree);
      // Never more than `ahead` without an answer: no channel is full while both its ends send.
      if (number - gathered == ahead_) outcome.checksum += gather(m, gathered++);
      talk(m, [&] { send(number, std::move(bytes)); });
      m.poll();
    }
    while (gathered < tasks_) outcome.checksum += gather(m, gathered++);
    if (way_ != Way::queue) return;
    // Who takes from a queue knows no number: an empty message is the last.
    for (int taker = 1; taker < threads_; ++taker) {
      talk(m, [&] { apart_->post->tasks.put(""); });
    }
  }

  void send(std::uint64_t number, std::string bytes) {
    processes::Post& post = *apart_->post;
    switch (way_) {
      case Way::queue:
        return post.tasks.put(std::move(bytes));
      case Way::pipe:
        return post.pipe(taker_of(number)).send(processes::as_bytes(bytes));
      default:
        return post.dict.set(number, bytes);
    }
  }

  /// An answer: to the task `number`, or, from the queue, to any.
  std::uint64_t gather(Mutator& m, std::uint64_t number) {
    processes::Post& post = *apart_->post;
    talk(m, [&] {
      switch (way_) {
        case Way::queue:
          return post.results.get(buffer_);
        case Way::pipe:
          return post.pipe(taker_of(number)).receive(buffer_);
        default:
          return post.dict.take(answer_key(number), buffer_);
      }
    });
    Answer answer;
    std::memcpy(&answer, buffer_.data(), std::min(buffer_.size(), sizeof answer));
    return answer.word;
  }

  void receive_and_answer(Mutator& m, Outcome& outcome, int thread) {
    processes::Post& post = *apart_->post;
    const auto step = static_cast<std::uint64_t>(threads_ - 1);
    for (auto number = static_cast<std::uint64_t>(thread - 1);
         way_ == Way::queue || number < tasks_; number += step) {
      talk(m, [&] {
        switch (way_) {
          case Way::queue:
            return post.tasks.get(buffer_);
          case Way::pipe:
            return post.pipe(thread).receive(buffer_);
          default:
            return post.dict.take(number, buffer_);
        }
      });
      if (buffer_.empty()) return;
      Local<Tree> tree{m, deserialise(m, buffer_)};
      Answer answer{tree->number, 0};
      answer.word = use(m, outcome, tree);
      std::string flat(reinterpret_cast<const char*>(&answer), sizeof answer);
      talk(m, [&] {
        switch (way_) {
          case Way::queue:
            return post.results.put(std::move(flat));
          case Way::pipe:
            return post.pipe(thread).send(processes::as_bytes(flat));
          default:
            return post.dict.set(answer_key(answer.number), flat);
        }
      });
      m.poll();
    }
  }

  const std::uint64_t seed_;
  const int threads_;
  const std::uint64_t here_;
  const Apart* const apart_;
  const std::uint64_t tasks_;
  const Way way_;
  const std::int64_t depth_;
  const std::size_t bytes_;
  const std::uint64_t ahead_;
  typename M::template Global<Desks> desks_;
  typename M::template Global<Tally> tally_;
  // Of a process, which has one mutator.
  processes::Traffic before_;
  std::string buffer_;
  std::uint64_t parcel_bytes_ = 0;
  std::int64_t serialise_ns_ = 0, deserialise_ns_ = 0, talk_ns_ = 0;
};

}  // namespace reclaim
