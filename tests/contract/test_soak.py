"""Everything that keeps something, from several clients at once. tools/soak runs for half an hour by itself and looks at the memory, too."""
import pathlib
import re
import subprocess
import sys

from harness.process import BINARY

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_clients_that_create_chain_leave_and_delete_at_once():
    ran = subprocess.run([sys.executable, ROOT / "tools" / "soak", "--binary", BINARY, "--minutes", "0.2", "--clients", "4"], capture_output=True, text=True,
                         timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    steps = dict(re.findall(r"(\w+) (\d+)", re.search(r"^steps: (.*)$", ran.stdout, re.M)[1]))
    assert len(steps) == 13 and all(int(count) for count in steps.values()), steps
