# The steps of the test `consumer`; tests/consumer.cmake passes the variables.
function(run)
    execute_process(COMMAND ${ARGV} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        list(JOIN ARGV " " command)
        message(FATAL_ERROR "status ${status} from: ${command}")
    endif()
endfunction()

# A fresh prefix each time, so that a header that was removed is missed. Installed files keep their times, so the
# consumer's own build folder stays warm.
file(REMOVE_RECURSE ${SCRATCH}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
run(${CMAKE_COMMAND} -S ${PROJECT} -B ${SCRATCH}/build -G ${GENERATOR} -D CMAKE_BUILD_TYPE=Debug
    -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS} -D CMAKE_PREFIX_PATH=${SCRATCH}/prefix)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/header_only)
run(${SCRATCH}/build/compiled)

# The program arrives under both of its names.
if(EXISTS ${SCRATCH}/prefix/bin/ocx)
    execute_process(COMMAND ${SCRATCH}/prefix/bin/openai-api-server-via-codex --help
        RESULT_VARIABLE status OUTPUT_VARIABLE help)
    if(NOT status EQUAL 0 OR help STREQUAL "")
        message(FATAL_ERROR "the installed openai-api-server-via-codex does not answer --help: ${status}")
    endif()
endif()
