"""What the contract tests share: the program under test, a stand-in for the backend, the expected results, raw HTTP."""
