"""`make audit`: are weaknesses known in what the lock file names? What could not be looked up does not count as fine.

Ends with 1 where something is known, with 2 where it could not be asked.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WEB = ROOT / "clients/web"
SHOWN = 5  # of what could not be looked up
SECONDS = 900
KNOWN, NOT_ASKED = 1, 2


def python(lock: Path) -> int:
    """Ask PyPI's advisories about every version of a lock file."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        return _not_asked("Python", f"PyPI's advisories cannot be reached: {reason[:300]}")
    for one in found:
        for weakness in one.get("vulns", ()):
            fixed = ", ".join(weakness["fix_versions"]) or "no version"
            print(f"{one['name']} {one['version']}: {weakness['id']}, mended in {fixed}")
    skipped = [f"{one['name']} ({one['skip_reason']})" for one in found if "skip_reason" in one]
    if any(one.get("vulns") for one in found):
        return KNOWN
    if skipped or not found:
        words = f"{len(skipped)} of {len(found)} packages have no advisories there: {'; '.join(skipped[:SHOWN])}"
        return _not_asked("Python", words + (" ..." if len(skipped) > SHOWN else ""))
    print(f"Python: nothing is known against {len(found)} packages.")
    return 0


def web(folder: Path) -> int:
    """Ask npm's advisories about the web app's lock file."""
    if not (folder / "package-lock.json").is_file():
        print("Web: there is no app to look at.")
        return 0
    if not shutil.which("npm"):
        return _not_asked("Web", "there is no npm here")
    done = subprocess.run(
        ["npm", "audit", "--json"], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        found = {"error": {"summary": done.stderr[:300]}}
    if "vulnerabilities" not in found:
        error = found.get("error") or {}
        return _not_asked("Web", f"npm's advisories cannot be reached: {error.get('summary') or found.get('message')}")
    for name, one in found["vulnerabilities"].items():
        print(f"{name} {one['range']}: {one['severity']}, run npm audit in {folder} for more")
    if not found["vulnerabilities"]:
        print("Web: nothing is known against its packages.")
    return KNOWN if found["vulnerabilities"] else 0


def _not_asked(what: str, why: str) -> int:
    print(f"{what}: NOT AUDITED. {why}", file=sys.stderr)
    return NOT_ASKED


if __name__ == "__main__":
    ends = {python(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "constraints.txt"), web(WEB)}
    sys.exit(KNOWN if KNOWN in ends else max(ends))
