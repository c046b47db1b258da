// libFuzzer entry; the property is check_sse in targets.hpp.
#include "targets.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (!ocx::fuzz::check_sse({reinterpret_cast<char const*>(data), size}))
        std::abort();
    return 0;
}
