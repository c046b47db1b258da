// Where diagnostics go: a level and a function, no framework. Callers build one finished line; whoever installs the
// function decides about time stamps and destination. Tokens cannot get here: they live in secret<> only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace ocx {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// A copyable handle. Default constructed it drops everything.
class logger {
public:
    using function = std::function<void(log_level, std::string_view)>;

    logger() = default;
    logger(log_level least, function write) : logger(std::make_shared<log_level const>(least), std::move(write)) {}
    /// The level is looked at for every line: who shares it can change it for all copies of the logger.
    logger(std::shared_ptr<log_level const> least, function write) : write_(std::move(write)), least_(std::move(least))
    {
    }

    [[nodiscard]] bool writes(log_level level) const noexcept { return write_ && level >= *least_; }

    void operator()(log_level level, std::string_view line) const
    {
        if (writes(level))
            write_(level, line);
    }

private:
    function write_;
    std::shared_ptr<log_level const> least_;
};

} // namespace ocx
