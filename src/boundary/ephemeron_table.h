// A table from keys to values that keeps a value only while its key lives (JavaScript's WeakMap),
// over any model: an array of chains of entries, each of which holds an ephemeron.
//
// The number of chains is set once. A table that grew with its entries would grow differently under
// models that tell it at different times which of them are dead; here the objects made are the same
// on every model. Entries of dead keys are taken out by whoever passes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "boundary/model.h"

namespace reclaim {

/// K is WeaklyReferenced and IdentityHashed. The table itself is an object, a Chains; who shares it
/// between threads synchronises (law 6).
template <Model M, class K, class V>
class EphemeronTable {
  using Mutator = typename M::Mutator;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  using Pair = typename M::template Ephemeron<K, V>;
  struct Entry : M::template Object<Entry> {
    typename M::template Field<Pair> pair;
    typename M::template Field<Entry> next;
    static constexpr auto refs() { return std::tuple{&Entry::pair, &Entry::next}; }
  };
  using Chains = typename M::template Array<Entry>;

  /// `chains` is at least 1; looking up takes entries / chains steps on average.
  static Fresh<Chains> make(Mutator& m, std::size_t chains) {
    return m.template make_array<Entry>(chains);
  }

  /// The key's value, null if it has none. Not a safepoint.
  static Fresh<V> get(Mutator& m, const Local<Chains>& table, const Local<K>& key) {
    Local<Entry> entry{m, find(m, table, key)};
    if (!entry) {
      Local<V> none{m};
      return m.escape(none);
    }
    Local<Pair> pair{m, m.load(entry, &Entry::pair)};
    return m.load_value(pair);
  }

  /// Gives the key a value, in place of the one that it may have. A safepoint.
  static void put(Mutator& m, const Local<Chains>& table, const Local<K>& key,
                  const Local<V>& value) {
    Local<Pair> pair{m, m.make_ephemeron(key, value)};
    Local<Entry> entry{m, find(m, table, key)};
    if (entry) {
      Local<Pair> old{m, m.load(entry, &Entry::pair)};
      m.store(entry, &Entry::pair, pair);
      m.discard(old);
      return;
    }
    entry = m.template make<Entry>();
    m.store(entry, &Entry::pair, pair);
    const std::size_t chain = chain_of(m, table, key);
    m.store(entry, &Entry::next, m.load(table, chain));
    m.store(table, chain, entry);
  }

  /// Takes the key's entry out; the value is the caller's to discard. False: there was none.
  static bool remove(Mutator& m, const Local<Chains>& table, const Local<K>& key) {
    bool found = false;
    keep_if(m, table, chain_of(m, table, key), [&](const Local<K>& other) {
      const bool same = other == key;
      found |= same;
      return !same;
    });
    return found;
  }

  /// Takes out the entries whose keys are gone, and returns how many are left.
  static std::size_t expunge(Mutator& m, const Local<Chains>& table) {
    std::size_t left = 0;
    for (std::size_t chain = 0; chain < table->length(); ++chain) {
      keep_if(m, table, chain, [&](const Local<K>&) {
        ++left;
        return true;
      });
    }
    return left;
  }

  /// Discards the table with its entries, not their values.
  static void discard(Mutator& m, Local<Chains>& table) {
    if constexpr (discards<M>) {
      for (std::size_t chain = 0; chain < table->length(); ++chain) {
        keep_if(m, table, chain, [](const Local<K>&) { return false; });
      }
    }
    m.discard(table);
  }

 private:
  static std::size_t chain_of(Mutator& m, const Local<Chains>& table, const Local<K>& key) {
    return m.identity_hash(key) % table->length();
  }

  /// The key's entry or null, once the chain has been rid of the dead.
  static Fresh<Entry> find(Mutator& m, const Local<Chains>& table, const Local<K>& key) {
    const std::size_t chain = chain_of(m, table, key);
    keep_if(m, table, chain, [](const Local<K>&) { return true; });
    Local<Entry> entry{m, m.load(table, chain)};
    while (entry) {
      Local<Pair> pair{m, m.load(entry, &Entry::pair)};
      const Local<K> other{m, m.load_key(pair)};
      if (other == key) break;
      entry = m.load(entry, &Entry::next);
    }
    return m.escape(entry);
  }

  /// Takes out the entries whose keys are gone or for which keep(key) is false.
  template <class Keep>
  static void keep_if(Mutator& m, const Local<Chains>& table, std::size_t chain, Keep&& keep) {
    Local<Entry> before{m};
    Local<Entry> entry{m, m.load(table, chain)};
    while (entry) {
      Local<Entry> next{m, m.load(entry, &Entry::next)};
      Local<Pair> pair{m, m.load(entry, &Entry::pair)};
      bool stays = false;
      {
        const Local<K> key{m, m.load_key(pair)};
        stays = key && keep(key);
      }
      if (stays) {
        before = m.copy(entry);
      } else {
        if (before) {
          m.store(before, &Entry::next, next);
        } else {
          m.store(table, chain, next);
        }
        m.store(entry, &Entry::next, nullptr);
        m.store(entry, &Entry::pair, nullptr);
        m.discard(pair);
        m.discard(entry);
      }
      entry = m.escape(next);
    }
  }
};

}  // namespace reclaim
