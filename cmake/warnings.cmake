# ocx_own(<target>): the flags of our own code. Warnings are errors; sanitizers by OCX_SANITIZE.
function(ocx_own target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC 12 reports these inside inlined library code (Boost, libstdc++) at -O2; Clang checks the same for us.
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-restrict
            -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-free-nonheap-object -Wno-mismatched-new-delete)
        # Reported for every lambda that lives in a coroutine's frame, when the coroutine comes from an included .ipp.
        # Those are compiled in one translation unit, so nothing can differ between two.
        target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
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
        set(hardening -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
        if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i[3-6]86)$")
            list(APPEND hardening -fcf-protection)
        endif()
        target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:${hardening}>)
    endif()
endfunction()
