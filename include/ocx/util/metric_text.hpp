// Writes numbers in Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Label values
// must come from our own tables: they are not escaped.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace ocx {

enum class metric_kind : std::uint8_t { counter, gauge };

class metric_text {
public:
    /// Begins a family; its samples follow.
    void family(std::string_view name, metric_kind kind, std::string_view help)
    {
        name_ = name;
        text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
        text_ += kind == metric_kind::counter ? " counter\n" : " gauge\n";
    }

    /// `labels` is empty or `name="value",...`.
    void sample(std::string_view labels, std::uint64_t value) { add(labels, std::to_string(value)); }
    void sample(std::string_view labels, double value)
    {
        char number[32];
        std::snprintf(number, sizeof number, "%.15g", value);
        add(labels, number);
    }

    /// A family of one sample without labels.
    template <class Number>
    void single(std::string_view name, metric_kind kind, std::string_view help, Number value)
    {
        family(name, kind, help);
        sample({}, value);
    }

    [[nodiscard]] std::string const& text() const noexcept { return text_; }

private:
    void add(std::string_view labels, std::string_view value)
    {
        text_ += name_;
        if (!labels.empty())
            text_.append("{").append(labels).append("}");
        text_.append(" ").append(value).append("\n");
    }

    std::string text_;
    std::string name_;
};

} // namespace ocx
