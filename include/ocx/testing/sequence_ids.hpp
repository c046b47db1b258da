// Ids that count 1, 2, 3: the same test gives the same bytes every time.
#pragma once

#include "ocx/util/ids.hpp"

#include <cstdint>

namespace ocx::testing {

class sequence_ids {
public:
    [[nodiscard]] std::uint64_t next() noexcept { return ++last_; }

private:
    std::uint64_t last_ = 0;
};

static_assert(IdSource<sequence_ids>);

} // namespace ocx::testing
