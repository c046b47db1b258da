// Bodies of util/json.hpp, part 2: the check that a text is JSON.
#pragma once

#include "ocx/util/json.hpp"
#include "ocx/util/json_lex.hpp"

namespace ocx::json {

namespace detail {

/// Checks one document. Open containers are kept as characters of a string, so the depth costs no call stack.
class validator {
public:
    validator(std::string_view text, std::size_t max_depth)
        : begin_(text.data()), p_(text.data()), end_(text.data() + text.size()), max_depth_(max_depth)
    {
    }

    std::optional<syntax_error> run()
    {
        do {
            if (!value())
                return error_;
            if (!after_value())
                return error_;
        } while (!open_.empty());
        if (p_ != end_)
            fail(p_, "text after the value");
        return error_;
    }

private:
    bool fail(char const* at, char const* what)
    {
        error_ = syntax_error{static_cast<std::size_t>(at - begin_), what};
        return false;
    }

    void skip_white() { p_ = skip_space(p_, end_); }

    /// Opens containers until a scalar or an empty container has been read.
    bool value()
    {
        for (;;) {
            skip_white();
            if (p_ == end_)
                return fail(p_, "unexpected end");
            if (*p_ != '{' && *p_ != '[')
                return scalar();
            if (open_.size() == max_depth_)
                return fail(p_, "nested too deeply");
            char const opening = *p_++;
            char const closing = opening == '{' ? '}' : ']';
            skip_white();
            if (p_ != end_ && *p_ == closing) {
                ++p_;
                return true;
            }
            open_.push_back(closing);
            if (opening == '{' && !name())
                return false;
        }
    }

    /// Closes containers until another value is due (containers stay open) or the document is over (none is open).
    bool after_value()
    {
        for (;;) {
            skip_white();
            if (open_.empty())
                return true;
            if (p_ == end_)
                return fail(p_, "unexpected end");
            char const c = *p_;
            if (c == ',') {
                ++p_;
                return open_.back() != '}' || name();
            }
            if (c != open_.back())
                return fail(p_, open_.back() == '}' ? "expected , or }" : "expected , or ]");
            ++p_;
            open_.pop_back();
        }
    }

    bool name()
    {
        skip_white();
        if (p_ == end_ || *p_ != '"')
            return fail(p_, p_ == end_ ? "unexpected end" : "expected a member name");
        if (!string())
            return false;
        skip_white();
        if (p_ == end_ || *p_ != ':')
            return fail(p_, p_ == end_ ? "unexpected end" : "expected :");
        ++p_;
        return true;
    }

    bool string()
    {
        auto const word = check_string(p_ + 1, end_);
        if (word.problem != nullptr)
            return fail(word.at, word.problem);
        p_ = word.at + 1;
        return true;
    }

    bool scalar()
    {
        switch (*p_) {
        case '"':
            return string();
        case 't':
            return literal("true");
        case 'f':
            return literal("false");
        case 'n':
            return literal("null");
        default:
            break;
        }
        if (*p_ != '-' && (*p_ < '0' || *p_ > '9'))
            return fail(p_, "expected a value");
        auto const word = check_number(p_, end_);
        if (word.problem != nullptr)
            return fail(word.at, word.problem);
        p_ = word.at;
        return true;
    }

    bool literal(std::string_view expected)
    {
        if (std::string_view(p_, static_cast<std::size_t>(end_ - p_)).substr(0, expected.size()) != expected)
            return fail(p_, "expected a value");
        p_ += expected.size();
        return true;
    }

    char const* begin_;
    char const* p_;
    char const* end_;
    std::size_t max_depth_;
    std::string open_;
    std::optional<syntax_error> error_;
};

} // namespace detail

OCX_DECL std::optional<syntax_error> validate(std::string_view text, std::size_t max_depth)
{
    return detail::validator(text, max_depth).run();
}

} // namespace ocx::json
