// The example file of the original program's documentation, which the contract tests read as well.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace ocx::testing {

inline std::string documented_config()
{
    std::ifstream file(OCX_SOURCE_DIR "/tests/support/documented_config.toml");
    if (!file)
        throw std::runtime_error("the documented example is missing"); // an empty one would agree with everything
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace ocx::testing
