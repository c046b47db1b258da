# ocx::core is header-only; ocx::compiled holds every non-template body once. A program links one of the two.
add_library(ocx_core INTERFACE)
add_library(ocx::core ALIAS ocx_core)
set_target_properties(ocx_core PROPERTIES EXPORT_NAME core VERIFY_INTERFACE_HEADER_SETS ON)
file(GLOB_RECURSE ocx_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/ocx/*.hpp)
file(GLOB_RECURSE ocx_bodies CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/ocx/*.ipp)
# Bodies and the compile-once headers are not meant to be included alone, so the self-check leaves them out.
set(ocx_unchecked ${ocx_headers})
list(FILTER ocx_unchecked INCLUDE REGEX "/impl/|/src[a-z_]*\\.hpp$")
list(FILTER ocx_headers EXCLUDE REGEX "/impl/|/src[a-z_]*\\.hpp$")
target_sources(ocx_core
    INTERFACE FILE_SET public_headers TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${ocx_headers}
    INTERFACE FILE_SET body_headers TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include
              FILES ${ocx_bodies} ${ocx_unchecked})
set_target_properties(ocx_core PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY public_headers)
target_include_directories(ocx_core SYSTEM INTERFACE $<BUILD_INTERFACE:${Boost_INCLUDE_DIRS}>)
target_compile_features(ocx_core INTERFACE cxx_std_20)
target_compile_definitions(ocx_core INTERFACE BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(ocx_core INTERFACE Boost::headers Boost::json OpenSSL::SSL OpenSSL::Crypto Threads::Threads ZLIB::ZLIB)
# zstd's package has a target for each form of the library, and either may be missing.
if(TARGET zstd::libzstd_static AND (OCX_STATIC_RUNTIME OR NOT TARGET zstd::libzstd_shared))
    target_link_libraries(ocx_core INTERFACE zstd::libzstd_static)
else()
    target_link_libraries(ocx_core INTERFACE zstd::libzstd_shared)
endif()

# The translation units that see sockets, TLS or the whole gateway take the most memory: one at a time.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS ocx_heavy=1)
set(ocx_heavy_units asio.cpp https.cpp gateway.cpp)
list(TRANSFORM ocx_heavy_units PREPEND ${PROJECT_SOURCE_DIR}/cli/tu/)
file(GLOB ocx_units CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cli/tu/*.cpp)
list(REMOVE_ITEM ocx_units ${ocx_heavy_units})

add_library(ocx_heavy OBJECT ${ocx_heavy_units})
set_target_properties(ocx_heavy PROPERTIES JOB_POOL_COMPILE ocx_heavy)
add_library(ocx_compiled STATIC ${ocx_units} $<TARGET_OBJECTS:ocx_heavy>)
add_library(ocx::compiled ALIAS ocx_compiled)
set_target_properties(ocx_compiled PROPERTIES EXPORT_NAME compiled)
foreach(target ocx_heavy ocx_compiled)
    target_link_libraries(${target} PUBLIC ocx_core)
    target_include_directories(${target} SYSTEM PRIVATE ${ocx_toml_include_dirs})
    target_compile_definitions(${target} PUBLIC OCX_SEPARATE_COMPILATION BOOST_ASIO_SEPARATE_COMPILATION)
    ocx_own(${target})
endforeach()
