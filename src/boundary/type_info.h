// What the laboratory knows of a type at run time: its name, its size, where its references are.
// One TypeInfo per C++ type and process; models that trace keep a pointer or the id in the header.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/assert.h"

namespace reclaim {

enum class Shape : std::uint8_t {
  record,  ///< a struct; references at ref_offsets
  array,   ///< `length` references from byte head_bytes on
  blob,    ///< `length` bytes without references, beginning at or after byte head_bytes
};

/// What a type of the model's own refers to without keeping it alive.
enum class Role : std::uint8_t {
  plain,      ///< nothing
  weak,       ///< a Weak: its referent
  ephemeron,  ///< an Ephemeron: its key, and, unless the key is alive, its value
};

/// What is told of an object's end: bytes [data_offset, data_offset + data_bytes) of the object,
/// copied.
struct ReclaimHook {
  /// Aligned to a word; null: the type has not opted in.
  void (*call)(const void* data) = nullptr;
  std::uint16_t data_offset = 0;
  std::uint16_t data_bytes = 0;
};

/// The most bytes that on_reclaim may be given.
inline constexpr std::size_t reclaim_data_bytes_most = 64;

struct TypeInfo {
  std::uint32_t id = 0;           ///< dense from 0 in each process
  std::uint32_t asked_bytes = 0;  ///< record: bytes of the workload's own fields; else 0
  std::uint32_t head_bytes = 0;   ///< record: sizeof; array, blob: what precedes the elements
  Shape shape = Shape::record;
  bool cyclic = false;  ///< instances may be part of a reference cycle (option Cyclic)
  std::uint16_t ref_count = 0;
  const std::uint16_t* ref_offsets = nullptr;
  Role role = Role::plain;
  std::uint16_t weak_word_offset = 0;  ///< of the word that WeaklyReferenced embeds; 0: none
  ReclaimHook reclaim_hook;
  std::string_view name;

  /// What the model's layout adds to each object, before any allocator rounds it up.
  std::uint64_t added_bytes() const { return head_bytes - asked_bytes; }
};

/// The most types one process may have.
inline constexpr std::size_t max_types = 4096;

/// All types of this process; index: TypeInfo::id. Filled before main.
struct TypeTable {
  std::array<const TypeInfo*, max_types> types{};
  std::uint32_t count = 0;
  static TypeTable& instance() {
    static constinit TypeTable table;
    return table;
  }
  std::uint32_t add(const TypeInfo* type) {
    require(count < max_types, "too many types in one program");
    types[count] = type;
    return count++;
  }
};

namespace detail {

/// "ns::Node<M>" as the compiler spells it, without namespaces and the model's arguments.
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of("<;]"));
  const auto colon = text.rfind("::");
  return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

template <class T, class Member>
std::uint16_t offset_of(Member T::*member) {
  alignas(T) static constinit std::byte room[sizeof(T)]{};
  const T* object = reinterpret_cast<const T*>(room);
  return static_cast<std::uint16_t>(reinterpret_cast<const std::byte*>(&(object->*member)) - room);
}

template <class T, class Base>
std::uint16_t offset_of_base() {
  alignas(T) static constinit std::byte room[sizeof(T)]{};
  const Base* base = reinterpret_cast<const T*>(room);
  return static_cast<std::uint16_t>(reinterpret_cast<const std::byte*>(base) - room);
}

}  // namespace detail

/// How many references T declares in refs(); 0 when it declares none.
template <class T>
constexpr std::size_t ref_count_of() {
  if constexpr (requires { T::refs(); }) {
    return std::tuple_size_v<decltype(T::refs())>;
  } else {
    return 0;
  }
}

/// Calls f(field) for each reference field of *object that T declares in refs(), in that order.
template <class T, class F>
void for_each_ref(T* object, F&& f) {
  if constexpr (requires { T::refs(); }) {
    std::apply([&](auto... member) { (f(object->*member), ...); }, T::refs());
  }
}

/// Whether T wants to be told when one of its objects is reclaimed. Such a type says which of its
/// members (plain data, at most reclaim_data_bytes_most) tells the story, and what hears it:
///   static constexpr auto reclaim_data() { return &File::descriptor; }
///   static void on_reclaim(const Descriptor& descriptor);
/// It never sees the object, so it cannot bring it back.
template <class T>
inline constexpr bool has_reclaim_hook = requires {
  T::reclaim_data();
};

/// The part of the object that on_reclaim is told.
template <class T>
const auto& reclaim_data_of(const T* object) {
  const auto& data = object->*T::reclaim_data();
  using Data = std::remove_cvref_t<decltype(data)>;
  static_assert(std::is_trivially_copyable_v<Data> && !std::is_pointer_v<Data>,
                "on_reclaim is told plain data");
  static_assert(sizeof(Data) <= reclaim_data_bytes_most);
  static_assert(alignof(Data) <= alignof(void*));
  return data;
}

/// Registers T when the program starts. T::shape and T::is_cyclic come from the model's layout.
template <class T>
struct RegisteredType {
  TypeInfo info;
  std::array<std::uint16_t, ref_count_of<T>() + 1> offsets{};

  RegisteredType() {
    if constexpr (requires { T::refs(); }) {
      std::apply(
          [&](auto... member) {
            std::size_t i = 0;
            ((offsets[i++] = detail::offset_of<T>(member)), ...);
          },
          T::refs());
    }
    info.shape = T::shape;
    info.head_bytes = static_cast<std::uint32_t>(sizeof(T));
    if constexpr (T::shape == Shape::record) {
      info.asked_bytes = static_cast<std::uint32_t>(sizeof(T) - T::overhead_bytes());
    }
    info.cyclic = T::is_cyclic;
    info.ref_count = static_cast<std::uint16_t>(ref_count_of<T>());
    info.ref_offsets = offsets.data();
    info.name = T::name_of_type();
    if constexpr (requires { T::role; }) info.role = T::role;
    if constexpr (requires { T::template weak_word_offset<T>(); }) {
      info.weak_word_offset = T::template weak_word_offset<T>();
    }
    if constexpr (has_reclaim_hook<T>) register_hook();
    info.id = TypeTable::instance().add(&info);
  }
  RegisteredType(const RegisteredType&) = delete;
  RegisteredType& operator=(const RegisteredType&) = delete;

 private:
  void register_hook() {
    using Data = std::remove_cvref_t<decltype(reclaim_data_of(std::declval<const T*>()))>;
    info.reclaim_hook = {[](const void* data) { T::on_reclaim(*static_cast<const Data*>(data)); },
                         detail::offset_of<T>(T::reclaim_data()),
                         static_cast<std::uint16_t>(sizeof(Data))};
  }
};

template <class T>
inline const RegisteredType<T> registered_type{};

template <class T>
const TypeInfo& type_info() {
  return registered_type<T>.info;
}

/// Calls f(void** slot) for each reference slot of an object whose type is known only at run time.
/// `length` is read by the caller from arrays; it is ignored for other shapes.
template <class F>
void for_each_slot(const TypeInfo& type, void* object, std::size_t length, F&& f) {
  auto* base = static_cast<std::byte*>(object);
  if (type.shape == Shape::record) {
    for (std::size_t i = 0; i < type.ref_count; ++i) {
      f(reinterpret_cast<void**>(base + type.ref_offsets[i]));
    }
  } else if (type.shape == Shape::array) {
    auto** slots = reinterpret_cast<void**>(base + type.head_bytes);
    for (std::size_t i = 0; i < length; ++i) f(slots + i);
  }
}

}  // namespace reclaim
