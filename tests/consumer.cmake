# Registers the test `consumer`: installs this build to a scratch prefix, then configures, builds and runs the small
# project in tests/consumer/ against it, as somebody who embeds ocx would.
if(OCX_INSTALL)
    set(consumer_flags "")
    if(OCX_SANITIZE)
        # The installed library is instrumented, so its user must link the same run-time.
        set(consumer_flags "-fsanitize=${OCX_SANITIZE}")
    endif()
    add_test(NAME consumer
        COMMAND ${CMAKE_COMMAND}
            -D BUILD=${PROJECT_BINARY_DIR}
            -D SCRATCH=${PROJECT_BINARY_DIR}/consumer
            -D PROJECT=${CMAKE_CURRENT_LIST_DIR}/consumer
            -D GENERATOR=${CMAKE_GENERATOR}
            -D COMPILER=${CMAKE_CXX_COMPILER}
            -D FLAGS=${consumer_flags}
            -P ${CMAKE_CURRENT_LIST_DIR}/consumer/run.cmake)
    set_tests_properties(consumer PROPERTIES LABELS consumer TIMEOUT 900)
endif()
