#pragma once

#include <type_traits>
#include <utility>

#include "sdp/attributes.hpp"
#include "sdp/grammar.hpp"

namespace parley::sdp {

template <class Owner, auto Member>
using FieldOf = std::remove_cvref_t<decltype(std::declval<Owner&>().*Member)>;

template <class Value>
void print_attribute(std::string_view name, const Value& value, LineWriter& out) {
  out.line('a', [&](std::string& text) {
    text.append(name).append(":");
    write(text, value);
  });
}

inline void print_attribute(std::string_view name, LineWriter& out) {
  out.line('a', [&](std::string& text) { text.append(name); });
}

/// The kinds of rows there are. `Read` is the grammar of one value.
template <class Owner>
struct Rows {
  using R = Row<Owner>;

  /// "a=name", present or not.
  template <auto Member>
  static constexpr R flag(std::string_view name) {
    return {name, "", Otherwise::KeepRaw,
            [](Owner& owner, const AttributeText& attribute) {
              if (attribute.value) return Outcome::Malformed;
              owner.*Member = true;
              return Outcome::Stored;
            },
            [](const Owner& owner, std::string_view own_name, LineWriter& out) {
              if (owner.*Member) print_attribute(own_name, out);
            }};
  }

  /// The attribute that is named after the direction.
  template <Direction D>
  static constexpr R direction(std::string_view name) {
    return {name, "RFC 8866 section 6.7", Otherwise::Refuse,
            [](Owner& owner, const AttributeText& attribute) {
              if (attribute.value) return Outcome::Malformed;
              if (owner.direction.value_or(D) != D) return Outcome::Contradiction;
              owner.direction = D;
              return Outcome::Stored;
            },
            [](const Owner& owner, std::string_view own_name, LineWriter& out) {
              if (owner.direction == D) print_attribute(own_name, out);
            }};
  }

  /// "a=name:value" at most once; saying the same again changes nothing.
  template <auto Member, auto Read = &read<typename FieldOf<Owner, Member>::value_type>>
  static constexpr R one(std::string_view name, std::string_view source) {
    return {name, source, Otherwise::Refuse,
            [](Owner& owner, const AttributeText& attribute) {
              auto value = attribute.value ? Read(*attribute.value) : std::nullopt;
              if (!value) return Outcome::Malformed;
              auto& field = owner.*Member;
              if (field && *field != *value) return Outcome::Contradiction;
              field = std::move(value);
              return Outcome::Stored;
            },
            [](const Owner& owner, std::string_view own_name, LineWriter& out) {
              if (const auto& field = owner.*Member) print_attribute(own_name, *field, out);
            }};
  }

  /// "a=name:value" any number of times.
  template <auto Member, auto Read = &read<typename FieldOf<Owner, Member>::value_type>>
  static constexpr R many(std::string_view name, std::string_view source) {
    return {name, source, Otherwise::Refuse,
            [](Owner& owner, const AttributeText& attribute) {
              auto value = attribute.value ? Read(*attribute.value) : std::nullopt;
              if (!value) return Outcome::Malformed;
              (owner.*Member).push_back(*std::move(value));
              return Outcome::Stored;
            },
            [](const Owner& owner, std::string_view own_name, LineWriter& out) {
              for (const auto& value : owner.*Member) print_attribute(own_name, value, out);
            }};
  }

  /// "a=name:word word"; several such lines are one list.
  template <auto Member>
  static constexpr R words(std::string_view name, std::string_view source) {
    return {name, source, Otherwise::Refuse,
            [](Owner& owner, const AttributeText& attribute) {
              const auto list = attribute.value ? read_words(*attribute.value) : std::nullopt;
              if (!list) return Outcome::Malformed;
              (owner.*Member).insert((owner.*Member).end(), list->begin(), list->end());
              return Outcome::Stored;
            },
            [](const Owner& owner, std::string_view own_name, LineWriter& out) {
              if (!(owner.*Member).empty()) print_attribute(own_name, owner.*Member, out);
            }};
  }

  /// The same row, but what does not follow its grammar is kept as it is, because nothing depends on it.
  static constexpr R tolerant(R row) {
    row.otherwise = Otherwise::KeepRaw;
    return row;
  }
};

}  // namespace parley::sdp
