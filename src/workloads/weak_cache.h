// weak-cache: documents that are held while they are open, a cache that knows them only weakly, and
// for each a layout that hangs on it by an ephemeron: what an image cache, an intern table or a map
// of annotations asks of a runtime. Documents close in the order in which they were opened.
//
// Whether a closed document can still be found in the cache depends on when the model reclaims. A
// real cache would be glad to find one; here every closed document is opened anew, so that the work
// is the same on every model, and only open ones are looked up for their contents. Each opening
// makes a document, a text, a layout, a weak reference and an ephemeron.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "base/bits.h"
#include "base/mapping.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/requests.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo weak_cache_parameters[] = {
    {"documents", "different documents that are asked for", 60, 20000, 20000, 1, 1e9},
    {"open", "documents that are open at a time", 20, 5000, 5000, 1, 1e9},
    {"requests", "requests of each thread", 150, 700000, 5000000, 1, 1e12},
    {"bytes", "size of a document's text", 64, 64, 64, 8, 1e6},
};

namespace weak_cache {

template <class M>
struct Document : M::template Object<Document<M>, WeaklyReferenced> {
  typename M::template Field<typename M::Blob> text;
  std::uint64_t reads = 0;
  std::uint64_t stamp = 0;
  static constexpr auto refs() { return std::tuple{&Document::text}; }
};

template <class M>
struct Layout : M::template Object<Layout<M>> {
  std::uint64_t stamp = 0;
};

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const auto documents = static_cast<std::uint64_t>(p.integer("documents"));
  const auto open = static_cast<std::uint64_t>(std::min(p.integer("open"), p.integer("documents")));
  const std::uint64_t each = 24 + 8 + static_cast<std::uint64_t>(p.integer("bytes"));
  const std::uint64_t references = 8 + 16;  // a weak one and an ephemeron for each ever opened
  return static_cast<std::uint64_t>(context.threads) *
         (open * each + static_cast<std::uint64_t>(p.integer("open")) * 8 +
          documents * (references + 2 * 8));
}

}  // namespace weak_cache

inline constexpr WorkloadInfo weak_cache_info{
    .id = "weak-cache",
    .shows = "a cache that keeps nothing alive: what weak references and ephemerons cost",
    .origin = "of this project; image caches, intern tables, annotations",
    .parameters = weak_cache_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = weak_cache::peak_live_bytes,
    .serves_requests = true,
    .shares = shares_nothing};

template <Model M>
class WeakCache {
  using Mutator = typename M::Mutator;
  using Document = weak_cache::Document<M>;
  using Layout = weak_cache::Layout<M>;
  using Blob = typename M::Blob;
  using Weak = typename M::template Weak<Document>;
  using Ephemeron = typename M::template Ephemeron<Document, Layout>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Array = typename M::template Array<T>;

 public:
  WeakCache(Mutator&, const WorkloadContext& context)
      : seed_(context.seed),
        documents_(static_cast<std::uint64_t>(context.parameters.integer("documents"))),
        open_(static_cast<std::uint64_t>(context.parameters.integer("open"))),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        timed_(context.requests) {}

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    Rng rng{pattern(seed_, static_cast<std::uint64_t>(thread))};
    Desk desk{m, *this};
    RequestTimer timer{timed_, thread};
    for (std::uint64_t request = 0; request < requests_; ++request) {
      timer.operation(m);
      const std::uint64_t id = rng.below(documents_);
      if (desk.place_of[id] != 0) {
        read(m, outcome, desk, id);
      } else {
        const std::uint64_t place = desk.opened++ % open_;
        if (desk.opened > open_) close(m, outcome, desk, place);
        open(m, desk, id, place, rng.next());
      }
      m.poll();
    }
    clear(m, outcome, desk);
    outcome.operations = requests_;
    return outcome;
  }

  void finish(Mutator&) {}

 private:
  /// What a thread has: open documents by place, what is known of each document by its number.
  struct Desk {
    Desk(Mutator& m, const WeakCache& cache)
        : open{m, m.template make_array<Document>(cache.open_)},
          known{m, m.template make_array<Weak>(cache.documents_)},
          layouts{m, m.template make_array<Ephemeron>(cache.documents_)},
          place_of(cache.documents_),
          id_at(cache.open_) {}
    Local<Array<Document>> open;
    Local<Array<Weak>> known;
    Local<Array<Ephemeron>> layouts;
    MappedArray<std::uint64_t> place_of;  // place + 1; 0: not open
    MappedArray<std::uint64_t> id_at;
    std::uint64_t opened = 0;
  };

  void open(Mutator& m, Desk& desk, std::uint64_t id, std::uint64_t place, std::uint64_t stamp) {
    Local<Document> document{m, m.template make<Document>()};
    document->stamp = stamp;
    {
      Local<Blob> text{m, m.make_blob(bytes_)};
      std::memcpy(text->data(), &stamp, sizeof stamp);
      m.store(document, &Document::text, text);
    }
    Local<Layout> layout{m, m.template make<Layout>()};
    layout->stamp = mix(stamp);
    forget(m, desk, id);
    m.store(desk.known, id, m.make_weak(document));
    m.store(desk.layouts, id, m.make_ephemeron(document, layout));
    m.store(desk.open, place, document);
    desk.place_of[id] = place + 1;
    desk.id_at[place] = id;
  }

  /// The references to a document that was open before.
  static void forget(Mutator& m, Desk& desk, std::uint64_t id) {
    Local<Weak> weak{m, m.load(desk.known, id)};
    Local<Ephemeron> layout{m, m.load(desk.layouts, id)};
    m.store(desk.known, id, nullptr);
    m.store(desk.layouts, id, nullptr);
    m.discard(weak);
    m.discard(layout);
  }

  static void read(Mutator& m, Outcome& outcome, Desk& desk, std::uint64_t id) {
    Local<Weak> weak{m, m.load(desk.known, id)};
    Local<Document> document{m, m.load(weak)};
    Local<Ephemeron> pair{m, m.load(desk.layouts, id)};
    Local<Layout> layout{m, m.load_value(pair)};
    outcome.checksum += mix(document->stamp + layout->stamp + ++document->reads);
  }

  static void close(Mutator& m, Outcome& outcome, Desk& desk, std::uint64_t place) {
    const std::uint64_t id = desk.id_at[place];
    Local<Document> document{m, m.load(desk.open, place)};
    Local<Blob> text{m, m.load(document, &Document::text)};
    Local<Ephemeron> pair{m, m.load(desk.layouts, id)};
    Local<Layout> layout{m, m.load_value(pair)};
    std::uint64_t stamp = 0;
    std::memcpy(&stamp, text->data(), sizeof stamp);
    outcome.checksum += mix(document->stamp + document->reads) + mix(stamp ^ layout->stamp);
    m.store(desk.open, place, nullptr);
    desk.place_of[id] = 0;
    m.discard(layout);
    m.discard(text);
    m.discard(document);
  }

  void clear(Mutator& m, Outcome& outcome, Desk& desk) {
    for (std::uint64_t place = 0; place < std::min(desk.opened, open_); ++place) {
      close(m, outcome, desk, place);
      m.poll();
    }
    for (std::uint64_t id = 0; id < documents_; ++id) forget(m, desk, id);
    m.discard(desk.layouts);
    m.discard(desk.known);
    m.discard(desk.open);
  }

  const std::uint64_t seed_, documents_, open_, requests_;
  const std::size_t bytes_;
  RequestLogs* const timed_;
};

}  // namespace reclaim
