# The lints as tests. Each is a script of Python's standard library; lint.selftest proves that they catch what they are for.
foreach(lint layers co_await secrets size fields)
    add_test(NAME lint.${lint} COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/lint/${lint}.py)
endforeach()
add_test(NAME lint.selftest COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/lint/test_lints.py)
set_tests_properties(lint.layers lint.co_await lint.secrets lint.size lint.fields lint.selftest PROPERTIES
    LABELS lint ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
