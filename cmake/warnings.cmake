# ocx_own(<target>): the flags of our own code. Warnings are errors; sanitizers by OCX_SANITIZE.
function(ocx_own target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC 12 reports these inside inlined library code (Boost, libstdc++) at -O2; Clang checks the same for us.
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-restrict
            -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-free-nonheap-object)
    endif()
    if(OCX_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${OCX_SANITIZE} -fno-omit-frame-pointer
            -fno-sanitize-recover=all)
        target_link_options(${target} PRIVATE -fsanitize=${OCX_SANITIZE})
        if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
            # llvm #49689: Clang 14 fails on coroutines with -fsanitize=function.
            target_compile_options(${target} PRIVATE -fno-sanitize=function)
            target_link_options(${target} PRIVATE -fno-sanitize=function)
        endif()
    else()
        target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2 -fstack-protector-strong>)
    endif()
endfunction()
