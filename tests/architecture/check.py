#!/usr/bin/env python3
"""Holds the code against the rules of the house: check.py ROOT [--archive FOLDER=FILE ...]

Reads every #include of every source file against the table in rules.py, looks for clocks, threads and the like
in the pure folders, reads what each library links, and the undefined symbols of the archives it is given. Prints
PATH:LINE: what is wrong, and ends with 1, when something is. Builds nothing and changes nothing.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

from rules import (ALLOWED_SYMBOLS, ALLOWED_SYMBOLS_OF, FOLDERS, FORBIDDEN_SYMBOLS, IMPURE_HEADERS, IMPURE_WORDS,
                   SYSTEM_FOLDERS, SYSTEM_HEADERS, WORLD)

SOURCES = ("*.h", "*.cpp", "*.cpp.in")
INCLUDE = re.compile(r'^\s*#\s*include\b\s*(?:(["<])([^">]+)[">])?')
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.DOTALL)
NOT_OURS = {"build", "cmake", "docker", "docs", "scripts", "tests"}  # top-level folders without a library, or no rule


def sources(root, folder):
    return sorted(path for pattern in SOURCES for path in (root / folder).rglob(pattern))


def includes(path):
    """(line number, quoted or not, name) of each #include."""
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] == '"', found[2]


def code_lines(text):
    """The lines without comments, strings and character constants, but as many as before."""
    def blank(found):
        return "\n" * found[0].count("\n")
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''
    return re.sub(pattern, blank, text, flags=re.DOTALL).splitlines()


def complaint_about_our_header(root, folder, name):
    if not (root / name).is_file() and not (root / (name + ".in")).is_file():
        return f'"{name}" is no file of this project: quoted includes are written from its root'
    target = name.split("/")[0]
    allowed = FOLDERS[folder].ours
    if target == folder or target in allowed or name in allowed:
        return None
    return f'{folder}/ may not include "{name}"; it may include {", ".join(allowed) or "nothing of ours"} and itself'


def complaint_about_their_header(folder, name):
    rule = FOLDERS[folder]
    allowed = any(name == start or name.startswith(start + "/") for start in rule.third_party)
    if name.split("/")[0] in WORLD and "/" in name:
        return None if allowed else f"{folder}/ may not include <{name}>"
    if not rule.pure:
        known = allowed or "/" not in name and name in SYSTEM_HEADERS or name.split("/")[0] in SYSTEM_FOLDERS
        return None if known or not name.endswith((".h", ".hpp")) else f"{folder}/ may not include <{name}>"
    if name in IMPURE_HEADERS:
        return f"{folder}/ is pure: it has no use for <{name}>"
    if ("/" in name or name.endswith(".h")) and name not in rule.system:
        return f"{folder}/ is pure: it may not include <{name}> of the operating system"
    return None


def check_includes(root, folder):
    for path in sources(root, folder):
        for number, quoted, name in includes(path):
            if name is None:
                yield f"{path.relative_to(root)}:{number}: what is included must be named here, not by a macro"
                continue
            wrong = complaint_about_our_header(root, folder, name) if quoted \
                else complaint_about_their_header(folder, name)
            if wrong:
                yield f"{path.relative_to(root)}:{number}: {wrong}"


def check_own_header_first(root, folder):
    """A source file that begins with its own header proves that the header compiles alone."""
    for path in sources(root, folder):
        header = path.with_suffix(".h")
        first = next(includes(path), None)
        own = str(header.relative_to(root))
        if path.suffix == ".cpp" and header.is_file() and (first is None or first[2] != own):
            yield f'{path.relative_to(root)}:{first[0] if first else 1}: the first include must be "{own}"'


def check_pure_words(root, folder):
    if not FOLDERS[folder].pure:
        return
    for path in sources(root, folder):
        for number, line in enumerate(code_lines(path.read_text()), 1):
            for word, meaning in IMPURE_WORDS:
                found = None if line.lstrip().startswith("#") else word.search(line)
                if found:
                    yield f'{path.relative_to(root)}:{number}: "{found[0].strip()}" {meaning}; {folder}/ is pure'


def linked_targets(text):
    """(library, target) for all that libraries of ours link, wherever it is said."""
    text = re.sub(r"#[^\n]*", "", text)
    for found in re.finditer(r"baton_library\(\s*(\w+)(.*?)\)", text, re.DOTALL):
        links = re.search(r"\bLINKS\b(.*?)(\bALONE\b|$)", found[2], re.DOTALL)
        for target in links[1].split() if links else []:
            yield found[1], target
    for found in re.finditer(r"target_link_libraries\(\s*baton_(\w+)(.*?)\)", text, re.DOTALL):
        for target in found[2].split():
            if target not in ("PUBLIC", "PRIVATE", "INTERFACE"):
                yield found[1], target


def check_links(root, folder):
    path = root / folder / "CMakeLists.txt"
    if not path.is_file():
        return
    for library, target in linked_targets(path.read_text()):
        if library != folder:
            yield f"{path.relative_to(root)}: {folder}/ makes one library, baton_{folder}, not baton_{library}"
        elif target not in FOLDERS[folder].links:
            yield f"{path.relative_to(root)}: baton_{folder} may not link {target}"


def check_folders(root):
    """Code stands in a folder that the table knows; what a library links is said in its own folder."""
    for path in sorted(root.glob("*/")):
        if path.name not in FOLDERS and path.name not in NOT_OURS and sources(root, path.name):
            yield f"{path.name}/: the table has no such folder"
    for path in [root / "CMakeLists.txt", *sorted(root.glob("cmake/*.cmake"))]:
        for number, line in enumerate(path.read_text().splitlines() if path.is_file() else [], 1):
            if re.search(r"target_link_libraries\(\s*baton_\w", line):
                yield f"{path.relative_to(root)}:{number}: a library's links are said in its own folder"


def symbols(archive, option):
    lines = subprocess.run(["nm", "-P", option, archive], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in lines.splitlines() if line and not line.endswith(":")}


def allowed_symbol(folder, symbol):
    if any(pattern.match(symbol) for pattern in FORBIDDEN_SYMBOLS):
        return False
    return symbol in ALLOWED_SYMBOLS_OF[folder] or any(pattern.match(symbol) for pattern in ALLOWED_SYMBOLS)


def check_symbols(archives):
    defined = set().union(*(symbols(archive, "--defined-only") for archive in archives.values()))
    for folder, archive in sorted(archives.items()):
        for symbol in sorted(symbols(archive, "--undefined-only") - defined):
            if not allowed_symbol(folder, symbol):
                plain = subprocess.run(["c++filt", symbol], check=True, capture_output=True, text=True).stdout.strip()
                yield f"{Path(archive).name}: needs {plain}, which {folder}/ has no use for"


def check_all(root, archives):
    known = [folder for folder in FOLDERS if (root / folder).is_dir()]
    for folder in known:
        for check in (check_includes, check_own_header_first, check_pure_words, check_links):
            yield from check(root, folder)
    yield from check_folders(root)
    yield from check_symbols(archives) if archives else ()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--archive", action="append", default=[], metavar="FOLDER=FILE")
    options = parser.parse_args()
    archives = dict(archive.split("=", 1) for archive in options.archive)
    wrong = list(check_all(options.root.resolve(), archives))
    for line in wrong:
        print(line)
    print(f"{len(wrong)} broken rules" if wrong else "all rules hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
