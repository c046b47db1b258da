// JSON as checked text. A document is validated once and then read through views that point into it, so untouched
// parts keep their exact bytes: numbers are never rewritten, strings never re-encoded (docs/adr/0004). Output is
// written member by member, with raw parts spliced in. There is no tree and no allocation per value.
#pragma once

#include "ocx/util/config.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace ocx::json {

/// Where and why a text is not JSON. `what` is a static phrase such as "invalid UTF-8".
struct syntax_error {
    std::size_t offset = 0;
    char const* what = "";
};

inline constexpr std::size_t default_max_depth = 128;

/// Checks that `text` is exactly one JSON value (RFC 8259; UTF-8 checked, no BOM, lone surrogate escapes allowed).
/// Never recurses; `max_depth` counts open arrays and objects. nullopt: valid.
[[nodiscard]] OCX_DECL std::optional<syntax_error> validate(std::string_view text,
                                                            std::size_t max_depth = default_max_depth);

enum class kind : std::uint8_t { absent, null, boolean, number, string, array, object };

class view;
struct member;

/// Iterates the elements of an array; empty for anything else.
class element_range {
public:
    class iterator;
    explicit element_range(std::string_view array) : array_(array) {}
    [[nodiscard]] iterator begin() const;
    [[nodiscard]] iterator end() const;

private:
    std::string_view array_;
};

/// Iterates the members of an object in order, duplicates included; empty for anything else.
class member_range {
public:
    class iterator;
    explicit member_range(std::string_view object) : object_(object) {}
    [[nodiscard]] iterator begin() const;
    [[nodiscard]] iterator end() const;

private:
    std::string_view object_;
};

/// One value inside validated text. Cheap to copy; valid while the text lives unchanged. A view may be absent
/// (a member that does not exist): every query on it is safe and says no.
class view {
public:
    view() = default;

    /// `text` must have passed validate(), or be part of text that has.
    [[nodiscard]] OCX_DECL static view trusted(std::string_view text);

    [[nodiscard]] kind type() const noexcept { return kind_; }
    [[nodiscard]] explicit operator bool() const noexcept { return kind_ != kind::absent; }
    [[nodiscard]] bool is_null() const noexcept { return kind_ == kind::null; }
    [[nodiscard]] bool is_boolean() const noexcept { return kind_ == kind::boolean; }
    [[nodiscard]] bool is_number() const noexcept { return kind_ == kind::number; }
    [[nodiscard]] bool is_string() const noexcept { return kind_ == kind::string; }
    [[nodiscard]] bool is_array() const noexcept { return kind_ == kind::array; }
    [[nodiscard]] bool is_object() const noexcept { return kind_ == kind::object; }
    /// True for a present value other than null: what "the client set this field" means.
    [[nodiscard]] bool has_value() const noexcept { return kind_ != kind::absent && kind_ != kind::null; }

    /// The value's exact bytes, without surrounding white space. Empty when absent.
    [[nodiscard]] std::string_view raw() const noexcept { return raw_; }

    /// Member of an object; the last one when the name occurs twice, as in every common parser. Absent otherwise.
    /// Each call scans the object once: take members() when more than a few are needed.
    [[nodiscard]] OCX_DECL view operator[](std::string_view name) const;
    /// Element of an array, absent when out of range. Scans from the start.
    [[nodiscard]] OCX_DECL view at(std::size_t index) const;
    /// Number of elements or members; scans. 0 for anything else.
    [[nodiscard]] OCX_DECL std::size_t size() const;

    [[nodiscard]] element_range elements() const { return element_range(is_array() ? raw_ : std::string_view()); }
    [[nodiscard]] member_range members() const { return member_range(is_object() ? raw_ : std::string_view()); }

    /// The inside of a string, still escaped. Empty for anything else.
    [[nodiscard]] OCX_DECL std::string_view escaped() const;
    /// Decoded text; a lone surrogate escape becomes U+FFFD. nullopt unless a string.
    [[nodiscard]] OCX_DECL std::optional<std::string> string() const;
    /// Decoded text, or `otherwise` unless a string.
    [[nodiscard]] OCX_DECL std::string string_or(std::string_view otherwise) const;
    /// True for a string that decodes to exactly `text`.
    [[nodiscard]] OCX_DECL bool equals(std::string_view text) const;
    /// An integer written without fraction or exponent that fits; nullopt otherwise.
    [[nodiscard]] OCX_DECL std::optional<std::int64_t> integer() const;
    /// nullopt unless a number that a double can hold: 1e400 is valid JSON but nothing here.
    [[nodiscard]] OCX_DECL std::optional<double> number() const;
    [[nodiscard]] OCX_DECL std::optional<bool> boolean() const;

private:
    friend class element_range::iterator;
    friend class member_range::iterator;
    view(kind k, std::string_view raw) : raw_(raw), kind_(k) {}

    std::string_view raw_;
    kind kind_ = kind::absent;
};

/// One member of an object. `name` is still escaped; use name_is() or decoded_name().
struct member {
    std::string_view name;
    view value;

    [[nodiscard]] OCX_DECL bool name_is(std::string_view text) const;
    [[nodiscard]] OCX_DECL std::string decoded_name() const;
};

class element_range::iterator {
public:
    using value_type = view;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    iterator() = default;
    OCX_DECL explicit iterator(std::string_view rest);
    [[nodiscard]] view const& operator*() const noexcept { return current_; }
    [[nodiscard]] view const* operator->() const noexcept { return &current_; }
    OCX_DECL iterator& operator++();
    iterator operator++(int)
    {
        auto old = *this;
        ++*this;
        return old;
    }
    bool operator==(iterator const& other) const noexcept { return at_end_ == other.at_end_; }

private:
    std::string_view rest_;
    view current_;
    bool at_end_ = true;
};

class member_range::iterator {
public:
    using value_type = member;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    iterator() = default;
    OCX_DECL explicit iterator(std::string_view rest);
    [[nodiscard]] member const& operator*() const noexcept { return current_; }
    [[nodiscard]] member const* operator->() const noexcept { return &current_; }
    OCX_DECL iterator& operator++();
    iterator operator++(int)
    {
        auto old = *this;
        ++*this;
        return old;
    }
    bool operator==(iterator const& other) const noexcept { return at_end_ == other.at_end_; }

private:
    std::string_view rest_;
    member current_;
    bool at_end_ = true;
};

inline element_range::iterator element_range::begin() const
{
    return iterator(array_);
}
inline element_range::iterator element_range::end() const
{
    return iterator();
}
inline member_range::iterator member_range::begin() const
{
    return iterator(object_);
}
inline member_range::iterator member_range::end() const
{
    return iterator();
}

/// Decodes the inside of a validated string. Lone surrogate escapes become U+FFFD.
[[nodiscard]] OCX_DECL std::string unescape(std::string_view escaped);
/// Appends `text` as the inside of a JSON string. Invalid UTF-8 becomes U+FFFD: output is always valid JSON. U+0085,
/// U+2028 and U+2029 are escaped, for clients that split decoded text into lines.
OCX_DECL void append_escaped(std::string& out, std::string_view text);
/// `text` as a JSON string, quotes included.
[[nodiscard]] OCX_DECL std::string quoted(std::string_view text);

/// Appends compact JSON to a string; commas are its business, balance is the caller's.
class writer {
public:
    explicit writer(std::string& out) : out_(out) {}

    OCX_DECL writer& begin_object();
    OCX_DECL writer& end_object();
    OCX_DECL writer& begin_array();
    OCX_DECL writer& end_array();
    OCX_DECL writer& key(std::string_view name);
    OCX_DECL writer& string(std::string_view text);
    OCX_DECL writer& integer(std::int64_t value);
    OCX_DECL writer& boolean(bool value);
    OCX_DECL writer& null();
    /// Splices a complete JSON value as it is; null when empty, so that an absent view cannot break the document.
    OCX_DECL writer& raw(std::string_view json);

    writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
    writer& member(std::string_view name, char const* text) { return key(name).string(text); }
    writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    writer& member(std::string_view name, int value) { return key(name).integer(value); }
    writer& member(std::string_view name, bool value) { return key(name).boolean(value); }
    writer& member(std::string_view name, view value) { return key(name).raw(value.raw()); }
    writer& member_null(std::string_view name) { return key(name).null(); }
    writer& member_raw(std::string_view name, std::string_view json) { return key(name).raw(json); }

private:
    OCX_DECL void separate();

    std::string& out_;
    bool needs_comma_ = false;
};

} // namespace ocx::json

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/util/impl/json.ipp"
#include "ocx/util/impl/json_text.ipp"
#include "ocx/util/impl/json_validate.ipp"
#endif
