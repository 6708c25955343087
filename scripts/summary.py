#!/usr/bin/env python3
"""summary.py RESULTS [BROKEN...]: adds up what ctest wrote as RESULTS/<preset>.xml, or cmocka as
RESULTS/<test>.xml.

Names what failed and what was skipped, with the reason, and ends with the line `N passed, N
failed`, `, N skipped`. BROKEN are failures that are not tests. Fails unless something passed and
nothing failed.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def last_line(case):
    if case.find("skipped") is not None and case.get("status") is None:
        return "only sqlid can do that"
    lines = [line for line in (case.findtext("system-out") or "").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it does not say why"


def why(case):
    """What cmocka says of a failure; ctest has printed the output already."""
    text = (case.findtext("failure") or case.findtext("error") or "").strip()
    return ": " + " ".join(text.split()) if text and case.get("status") is None else ""


def verdict(case):
    """passed, failed or skipped; ctest also calls skipped what it could not start."""
    if case.get("status") is None:
        failed = case.find("failure") is not None or case.find("error") is not None
        return "failed" if failed else "skipped" if case.find("skipped") is not None else "passed"
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return "skipped"
    return "failed"


def main():
    results, broken = Path(sys.argv[1]), sys.argv[2:]
    passed, failed, skipped = 0, list(broken), []
    for file in sorted(results.glob("*.xml")):
        for case in ElementTree.parse(file).iter("testcase"):
            name = f"{file.stem}: {case.get('name')}"
            outcome = verdict(case)
            if outcome == "passed":
                passed += 1
            elif outcome == "skipped":
                skipped.append(f"{name}: {last_line(case)}")
            else:
                failed.append(name + why(case))
    for name in failed:
        print(f"failed   {name}")
    for line in skipped:
        print(f"skipped  {line}")
    if not passed and not failed and not skipped:
        print("no test of that name")
    print(f"{passed} passed, {len(failed)} failed" +
          (f", {len(skipped)} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
