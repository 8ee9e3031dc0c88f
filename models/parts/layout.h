// How objects lie in memory, for every model: what precedes them is the model's Header, the rest is
// the same for all.
//   record  [Header][audit][lock word] fields of the workload
//   array   [Header][audit][length] length x reference
//   blob    [Header][audit][length | log2 alignment] payload, aligned as asked
// The audit word exists in checked builds only. A model with room for a lock in its header
// (Header::has_lock_word) embeds none.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/assert.h"
#include "base/bits.h"
#include "boundary/object_options.h"
#include "boundary/type_info.h"

namespace reclaim::parts {

/// A blob's word: its size, and above that log2 of its alignment.
inline constexpr int blob_size_bits = 56;
inline constexpr std::size_t blob_size_mask = (std::size_t{1} << blob_size_bits) - 1;

/// Header of models that need none.
struct NoHeader {
  static constexpr bool has_lock_word = false;
  static constexpr bool is_traced = false;
};

/// Whether, and where, an object was discarded: kept in checked builds, nothing in others.
template <bool = checked>
struct AuditWord {
  void verify_alive() const {}
  bool discarded() const { return false; }
  void set_discarded(Site) {}
};

template <>
struct AuditWord<true> {
  Site discarded_at;  ///< line 0: alive
  bool discarded() const { return discarded_at.line != 0; }
  void verify_alive() const {
    if (discarded()) violation("nothing reaches a discarded object", "used after", discarded_at);
  }
  void set_discarded(Site site) {
    if (discarded()) violation("an object is discarded once", "discarded again", site);
    discarded_at = site;
  }
};

/// The word of a monitor in models whose header has no room for it (models/parts/monitor.h).
struct LockWord {
  std::atomic<std::uint32_t> lock{0};
};
struct NoLockWord {};

/// Where weak references to the object meet, in models without a collector that finds them
/// (models/parts/weak_cell.h). Null until there is one.
struct WeakWord {
  std::atomic<void*> cell{nullptr};
};
struct NoWeakWord {};

/// Where an object that moves keeps its identity hash (models/parts/identity.h). 0: not asked for.
struct HashWord {
  std::atomic<std::uint64_t> hash{0};
};
struct NoHashWord {};

/// Where a model's parts look at a reference field; workloads cannot.
struct Access {
  template <class F>
  static auto& slot(F& field) {
    return field.pointer_;
  }
};

template <class Header>
struct Layout {
  /// First base of every object: what the collector or counter sees. Empty under manual, unchecked.
  struct Head : Header, AuditWord<> {};

  /// A reference that lives in an object. Workloads may ask whether it is null; everything else
  /// goes through load and store.
  template <class T>
  class Field {
   public:
    explicit operator bool() const { return pointer_ != nullptr; }

   private:
    friend Access;
    T* pointer_ = nullptr;
  };

  template <class T, class... Options>
  struct Object : Head,
                  std::conditional_t<has_option<Monitored, Options...> && !Header::has_lock_word,
                                     LockWord, NoLockWord>,
                  std::conditional_t<has_option<WeaklyReferenced, Options...> && !Header::is_traced,
                                     WeakWord, NoWeakWord>,
                  std::conditional_t<has_option<IdentityHashed, Options...> && Header::is_traced,
                                     HashWord, NoHashWord> {
    static constexpr Shape shape = Shape::record;
    static constexpr bool is_cyclic = has_option<Cyclic, Options...>;
    static constexpr bool is_monitored = has_option<Monitored, Options...>;
    static constexpr bool is_traced = Header::is_traced;
    static constexpr bool is_weakly_referenced = has_option<WeaklyReferenced, Options...>;
    static constexpr bool is_identity_hashed = has_option<IdentityHashed, Options...>;
    static constexpr std::string_view name_of_type() { return detail::type_name<T>(); }
    template <class Complete>
    static std::uint16_t weak_word_offset() requires(is_weakly_referenced && !Header::is_traced) {
      return detail::offset_of_base<Complete, WeakWord>();
    }
    /// Bytes of a T that the workload did not ask for.
    static constexpr std::size_t overhead_bytes() {
      return std::is_empty_v<Object> ? 0 : align_up(sizeof(Object), alignof(void*));
    }
  };

  template <class T>
  class alignas(void*) Array : public Head {
   public:
    static constexpr Shape shape = Shape::array;
    static constexpr bool is_cyclic = false;
    static constexpr bool is_monitored = false;
    static constexpr bool is_weakly_referenced = false;
    static constexpr std::string_view name_of_type() { return "Array"; }

    std::size_t length() const { return length_; }

    /// For models only.
    Field<T>& at(std::size_t i, Site site = Site::here()) {
      if constexpr (checked) {
        if (i >= length_) violation("an index is below the length", "array index", site);
      }
      return reinterpret_cast<Field<T>*>(this + 1)[i];
    }
    void set_length(std::size_t length) { length_ = length; }
    static std::size_t size_for(std::size_t length) {
      return sizeof(Array) + length * sizeof(void*);
    }

   private:
    std::size_t length_ = 0;
  };

  class alignas(void*) Blob : public Head {
   public:
    static constexpr Shape shape = Shape::blob;
    static constexpr bool is_cyclic = false;
    static constexpr bool is_monitored = false;
    static constexpr bool is_weakly_referenced = false;
    static constexpr std::string_view name_of_type() { return "Blob"; }

    std::size_t size() const { return word_ & blob_size_mask; }
    std::size_t alignment() const { return std::size_t{1} << (word_ >> blob_size_bits); }
    std::byte* data() {
      const auto address = reinterpret_cast<std::uintptr_t>(this + 1);
      return reinterpret_cast<std::byte*>(this + 1) + (align_up(address, alignment()) - address);
    }

    /// For models only. `alignment` is a power of two, at least alignof(void*).
    void set_size(std::size_t size, std::size_t alignment) {
      word_ = size | (static_cast<std::size_t>(std::countr_zero(alignment)) << blob_size_bits);
    }
    /// Bytes that hold a blob wherever it lies. Zeroed memory after set_size is a valid blob.
    static std::size_t size_for(std::size_t size, std::size_t alignment) {
      return sizeof(Blob) + size + (alignment - alignof(void*));
    }

   private:
    std::size_t word_ = 0;
  };

  /// What the census counts for an object: the bytes that the workload asked for.
  template <class T>
  static std::uint64_t asked_bytes(const T* object) {
    if constexpr (T::shape == Shape::array) {
      return object->length() * sizeof(void*);
    } else if constexpr (T::shape == Shape::blob) {
      return object->size();
    } else {
      return sizeof(T) - T::overhead_bytes();
    }
  }

  /// Bytes that the object takes, header included, rounding of the heap not.
  template <class T>
  static std::size_t occupied_bytes(const T* object) {
    if constexpr (T::shape == Shape::array) {
      return T::size_for(object->length());
    } else if constexpr (T::shape == Shape::blob) {
      return T::size_for(object->size(), object->alignment());
    } else {
      return sizeof(T);
    }
  }
};

}  // namespace reclaim::parts
