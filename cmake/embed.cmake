# Turns text files into a C++ source that defines ocx::cli::demo_files() (cli/demo_files.hpp).
# Run as: cmake -D OUTPUT=<file.cpp> -D FILES=<a;b;c> -P embed.cmake
# Bytes are written as hexadecimal escapes: exact for any content, without a delimiter that could occur in it.
set(entries "")
set(count 0)
foreach(path IN LISTS FILES)
    get_filename_component(name ${path} NAME)
    file(READ ${path} bytes HEX)
    string(LENGTH "${bytes}" size)
    math(EXPR size "${size} / 2")
    # One literal per 64 bytes; the compiler joins neighbours.
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    string(REPEAT "...." 64 line)
    string(REGEX REPLACE "(${line})" "\\1\"\n     \"" bytes "${bytes}")
    string(APPEND entries "    {\"${name}\",\n     {\"${bytes}\", ${size}}},\n")
    math(EXPR count "${count} + 1")
endforeach()

set(text "// Made by cmake/embed.cmake; edit the files themselves instead.
#include \"demo_files.hpp\"

#include <array>

namespace ocx::cli {
namespace {

constexpr std::array<embedded_file, ${count}> files = {{
${entries}}};

} // namespace

std::span<embedded_file const> demo_files()
{
    return files;
}

} // namespace ocx::cli
")
if(count EQUAL 0)
    string(REPLACE "= {{\n}};" "= {};" text "${text}")
endif()
file(WRITE ${OUTPUT} "${text}")
