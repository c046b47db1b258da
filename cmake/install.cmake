# `cmake --install build/release --prefix /usr/local`. Two components: `program` (ocx and its long name) and
# `development` (headers, ocx::core, ocx::compiled, the package files that find_package(ocx) reads).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(TARGET ocx)
    install(TARGETS ocx RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
    # The name of the program that ocx is a drop-in for: scripts and service files keep working.
    install(CODE "
        set(link \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/openai-api-server-via-codex\")
        message(STATUS \"Linking: \${link} -> ocx\")
        file(CREATE_LINK ocx \"\${link}\" SYMBOLIC)
    " COMPONENT program)
endif()

set(ocx_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ocx)
install(TARGETS ocx_core ocx_compiled EXPORT ocxTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
    FILE_SET public_headers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
    FILE_SET body_headers DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT ocxTargets NAMESPACE ocx:: DESTINATION ${ocx_package_dir} COMPONENT development)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ocxConfig.cmake.in ${PROJECT_BINARY_DIR}/ocxConfig.cmake
    INSTALL_DESTINATION ${ocx_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ocxConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ocxConfig.cmake ${PROJECT_BINARY_DIR}/ocxConfigVersion.cmake
    DESTINATION ${ocx_package_dir} COMPONENT development)
