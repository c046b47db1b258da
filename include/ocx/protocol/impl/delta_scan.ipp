// Bodies of protocol/delta_scan.hpp.
#pragma once

#include "ocx/protocol/delta_scan.hpp"
#include "ocx/util/json_lex.hpp"

namespace ocx::protocol {

namespace detail {

enum class delta_member : std::uint8_t {
    unknown,
    type,
    item_id,
    call_id,
    delta,
    obfuscation,
    sequence_number,
    output_index,
    content_index,
    summary_index,
    logprobs
};

/// By length first: no name is compared with more than two others.
inline delta_member delta_member_of(std::string_view name) noexcept
{
    using enum delta_member;
    switch (name.size()) {
    case 4:
        return name == "type" ? type : unknown;
    case 5:
        return name == "delta" ? delta : unknown;
    case 7:
        return name == "item_id" ? item_id : name == "call_id" ? call_id : unknown;
    case 8:
        return name == "logprobs" ? logprobs : unknown;
    case 11:
        return name == "obfuscation" ? obfuscation : unknown;
    case 12:
        return name == "output_index" ? output_index : unknown;
    case 13:
        return name == "content_index" ? content_index : name == "summary_index" ? summary_index : unknown;
    case 15:
        return name == "sequence_number" ? sequence_number : unknown;
    default:
        return unknown;
    }
}

class delta_scanner {
public:
    delta_scanner(std::string_view text, delta_event& out)
        : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), out_(out)
    {
    }

    bool run()
    {
        skip_white();
        if (!take('{'))
            return false;
        char const* comma = nullptr; // the one before the member
        do {
            skip_white();
            auto const start = p_;
            if (!member())
                return false;
            auto const stop = p_;
            skip_white();
            if (obfuscation_seen_here_)
                locate_obfuscation(comma, start, stop);
            comma = p_;
        } while (take(','));
        if (!take('}'))
            return false;
        skip_white();
        return p_ == end_ && out_.type.data() != nullptr;
    }

private:
    void skip_white()
    {
        if (p_ != end_ && static_cast<unsigned char>(*p_) <= ' ')
            p_ = json::skip_space(p_, end_);
    }

    bool take(char c)
    {
        if (p_ == end_ || *p_ != c)
            return false;
        ++p_;
        return true;
    }

    /// A member can go with the comma after it; the last one goes with the comma before it.
    void locate_obfuscation(char const* comma, char const* start, char const* stop)
    {
        obfuscation_seen_here_ = false;
        if (p_ != end_ && *p_ == ',')
            stop = p_ + 1;
        else if (comma != nullptr)
            start = comma;
        out_.obfuscation = {static_cast<std::size_t>(start - begin_), static_cast<std::size_t>(stop - start)};
    }

    bool member()
    {
        std::string_view name;
        if (!plain_string(name))
            return false;
        skip_white();
        if (!take(':'))
            return false;
        skip_white();
        auto const which = delta_member_of(name);
        auto const bit = 1u << static_cast<unsigned>(which);
        if ((seen_ & bit) != 0)
            return false;
        seen_ |= bit;
        return value(which);
    }

    bool value(delta_member which)
    {
        using enum delta_member;
        std::string_view ignored;
        switch (which) {
        case type:
            return plain_string(out_.type);
        case item_id:
            return plain_string(out_.item_id);
        case call_id:
            return plain_string(out_.call_id);
        case delta:
            return string(out_.delta);
        case obfuscation:
            obfuscation_seen_here_ = true;
            return string(ignored);
        case sequence_number:
            return sequence();
        case output_index:
            return integer(out_.output_index);
        case content_index:
            return integer(out_.content_index);
        case summary_index:
            return integer(out_.summary_index);
        case logprobs:
            return empty_array();
        case unknown:
            break;
        }
        return false;
    }

    bool string(std::string_view& into)
    {
        if (!take('"'))
            return false;
        auto stop = json::skip_plain(p_, end_);
        had_escape_ = false;
        if (stop == end_ || *stop != '"') {
            auto const word = json::check_string(stop, end_);
            if (word.problem != nullptr)
                return false;
            stop = word.at;
            had_escape_ = word.has_escape;
        }
        into = {p_, static_cast<std::size_t>(stop - p_)};
        p_ = stop + 1;
        return true;
    }

    bool plain_string(std::string_view& into) { return string(into) && !had_escape_; }

    /// Stops after the digits: a fraction or an exponent is then refused as it is no comma.
    bool integer(std::optional<std::uint64_t>& into)
    {
        auto const start = p_;
        std::uint64_t number = 0;
        while (p_ != end_ && *p_ >= '0' && *p_ <= '9' && p_ - start < 19)
            number = number * 10 + static_cast<std::uint64_t>(*p_++ - '0');
        auto const digits = p_ - start;
        if (digits == 0 || digits > 18 || (digits > 1 && *start == '0'))
            return false;
        into = number;
        return true;
    }

    bool sequence()
    {
        auto const start = p_;
        if (!integer(out_.sequence_number))
            return false;
        out_.sequence_digits = {static_cast<std::size_t>(start - begin_), static_cast<std::size_t>(p_ - start)};
        return true;
    }

    bool empty_array()
    {
        if (!take('['))
            return false;
        skip_white();
        out_.has_logprobs = true;
        return take(']');
    }

    char const* begin_;
    char const* p_;
    char const* end_;
    delta_event& out_;
    unsigned seen_ = 0;
    bool obfuscation_seen_here_ = false; // it is the member just read
    bool had_escape_ = false;            // the string just read
};

} // namespace detail

OCX_DECL bool scan_delta(std::string_view text, delta_event& out)
{
    out = delta_event();
    return detail::delta_scanner(text, out).run();
}

} // namespace ocx::protocol
