#!/usr/bin/env python3
"""Packs a program: as a Debian package, as an archive, or both.

    pack.py [--deb] [--tarball] [--out FOLDER] [--no-compression] [--unpackaged-libraries] PROGRAM

Prints the path of each file that it wrote. The same program and the same SOURCE_DATE_EPOCH (default: the last commit)
make the same bytes. `make deb` and `make tarball` build the program first.

    --no-compression          larger and sooner, for trying it out
    --unpackaged-libraries    also a program with libraries that no package has, as a debug build
"""
import argparse
import datetime
import email.utils
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
import manual
from program import Program

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "packaging"
DOC = "usr/share/doc/nudged"
# Overridden by MAINTAINER in the environment.
MAINTAINER = "nudged maintainers <maintainers@nudged.example>"
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/nudged",
    "zsh": "usr/share/zsh/vendor-completions/_nudged",
    "fish": "usr/share/fish/vendor_completions.d/nudged.fish",
}
# Beyond the libraries: zones of members, certificates of providers, the user of the daemon.
DEPENDS = ["ca-certificates", "systemd | systemd-standalone-sysusers | systemd-sysusers", "tzdata"]
# A library without its number → its package in Debian and Ubuntu, and in openEuler and Fedora.
LIBRARIES = {
    "libcrypto": ("libssl3", "openssl-libs"), "libcurl": ("libcurl4", "libcurl"), "libexpat": ("libexpat1", "expat"),
    "libgcc_s": ("libgcc-s1", "libgcc"),
    "libsqlite3": ("libsqlite3-0", "sqlite-libs"), "libstdc++": ("libstdc++6", "libstdc++"),
    "libyaml-0": ("libyaml-0-2", "libyaml"), "libz": ("zlib1g", "zlib"), "libzip": ("libzip4", "libzip"),
}


def run(*arguments, **options):
    options = {"check": True, "capture_output": True, "encoding": "utf-8", **options}
    return subprocess.run([str(one) for one in arguments], **options).stdout


def epoch():
    """Seconds of the date that every file of a package has."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    try:
        return int(run("git", "log", "-1", "--format=%ct", cwd=ROOT))
    except (OSError, subprocess.CalledProcessError, ValueError):
        raise SystemExit("this is not a git checkout: say when it was made, SOURCE_DATE_EPOCH=SECONDS") from None


def version(program, date):
    """The program's own; of one that is not released yet with the date, so that the release is newer."""
    heading = next(line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## "))
    if heading.split()[1] == program.version and "not released" in heading:
        return f"{program.version}~{datetime.datetime.fromtimestamp(date, datetime.timezone.utc):%Y%m%d.%H%M}"
    return program.version


class Tree:
    """What is installed, laid out in a folder."""

    def __init__(self, folder, date):
        self.folder = folder
        self.date = date

    def write(self, path, content, mode=0o644):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)

    def zipped(self, path, content):
        content = content if isinstance(content, bytes) else content.encode()
        self.write(path + ".gz", gzip.compress(content, 9, mtime=self.date))

    def copy(self, path, source):
        self.write(path, source.read_bytes(), 0o755 if os.access(source, os.X_OK) else 0o644)

    @property
    def files(self):
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())

    def settle(self):
        """Modes of folders and all dates: nothing of the machine that packs is left."""
        for path in [self.folder, *self.folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (self.date, self.date))


def installed(tree, program):
    """Everything that both forms of the package have."""
    tree.copy("usr/bin/nudged", program.path)
    run("strip", "--remove-section=.comment", "--remove-section=.note", tree.folder / "usr/bin/nudged")
    for unit in ["nudged.service", "nudged-alert@.service"]:
        tree.copy(f"usr/lib/systemd/system/{unit}", ROOT / "systemd" / unit)
    tree.copy("usr/lib/sysusers.d/nudged.conf", ROOT / "systemd/nudged.sysusers.conf")
    day = datetime.datetime.fromtimestamp(tree.date, datetime.timezone.utc).date().isoformat()
    for path, page in manual.pages(program, day).items():
        tree.zipped(f"usr/share/man/{path}", page)
    for shell, path in COMPLETIONS.items():
        # They are read by a shell, not run: the first line names none.
        tree.write(path, program.says("--generate-completion-script", shell).removeprefix("#!/bin/bash\n\n"))
    workspace = pathlib.Path(program.scratch) / "workspace"
    program.says("--lang", "en", "init", str(workspace))
    tree.write("etc/nudged/nudged.yaml", configuration((workspace / "nudged.yaml").read_text("utf-8")))
    (tree.folder / "etc/nudged/rules").mkdir()
    shutil.rmtree(workspace)
    documents(tree)


def configuration(example):
    """nudged.yaml of `nudged init`, with the store in the place of an installed program."""
    here, there = "sqlite:nudged.db", "sqlite:/var/lib/nudged/nudged.db"
    if example.count(here) != 1:
        raise SystemExit(f"nudged.yaml of `nudged init` has no {here!r}; see configuration() in packaging/pack.py")
    return example.replace(here, there)


def documents(tree):
    tree.copy(f"{DOC}/README.md", ROOT / "README.md")
    tree.copy(f"{DOC}/README.zh-CN.md", ROOT / "README.zh-CN.md")
    for folder, pattern, place in [
            ("docs", "*.md", "docs"), ("docs/monitoring", "nudged.*", "docs/monitoring"), ("rules", "*.yaml", "examples/rules")]:
        for source in sorted((ROOT / folder).rglob(pattern)):
            tree.copy(f"{DOC}/{place}/{source.relative_to(ROOT / folder).as_posix()}", source)
    tree.copy(f"{DOC}/copyright", HERE / "debian/copyright")
    tree.zipped(f"{DOC}/changelog", (ROOT / "CHANGELOG.md").read_bytes())
    tree.zipped(f"{DOC}/third-party-licences.txt", licences())


def licences():
    """The licences and notices of everything that may be linked into the program, whole."""
    checkouts = ROOT / ".build/checkouts"
    swift = pathlib.Path(shutil.which("swift") or "no swift").resolve().parent.parent / "share/swift/LICENSE.txt"
    packages = sorted(checkouts.glob("*/LICENSE*")) + sorted(checkouts.glob("*/NOTICE*"))
    if not swift.exists() or not packages:
        raise SystemExit(
            "the licences of what is linked in are missing: `swift` must be on the PATH, and the packages fetched "
            "(`swift package resolve`)")
    texts = [swift] + packages
    rule = "=" * 78
    return "\n".join(
        f"{rule}\n{text.parent.name}: {text.name}\n{rule}\n\n{text.read_text('utf-8', 'replace').strip()}\n"
        for text in texts)


def with_setup(path):
    """A script, with the steps of packaging/setup.sh where it names them."""
    def steps(match):
        lines = (HERE / "setup.sh").read_text("utf-8").splitlines()
        return "\n".join(match.group(1) + line for line in lines)

    return re.sub(r"(?m)^( *)#SETUP#$", steps, path.read_text("utf-8"))


def unpackaged(binary, needed):
    """The libraries of a program that belong to no package of this machine."""
    found = dict(re.findall(r"^\s+(\S+) => (\S+) ", run("ldd", binary), re.MULTILINE))
    return [
        name for name in needed if name in found and not any(
            subprocess.run(["dpkg-query", "--search", place + found[name]], capture_output=True).returncode == 0
            for place in ("", "/usr"))]


def libraries(binary, scratch):
    """The packages that have the libraries of a program, as dpkg-shlibdeps finds them."""
    control = scratch / "debian/control"
    control.parent.mkdir()
    control.write_text("Source: nudged\n\nPackage: nudged\nArchitecture: any\n")
    found = run("dpkg-shlibdeps", "-O", "--ignore-missing-info", binary, cwd=scratch)
    return found.strip().removeprefix("shlibs:Depends=").split(", ")


def debian(tree, program, arguments):
    """Adds what only a Debian package has, and builds it."""
    full = version(program, tree.date) + "-1"
    maintainer = os.environ.get("MAINTAINER") or MAINTAINER
    tree.zipped(f"{DOC}/changelog.Debian", (
        f"nudged ({full}) unstable; urgency=medium\n\n  * What changed is in changelog.gz.\n\n"
        f" -- {maintainer}  {email.utils.formatdate(tree.date)}\n"))
    tree.write("usr/share/lintian/overrides/nudged", (HERE / "debian/lintian-overrides").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        needed = libraries(tree.folder / "usr/bin/nudged", pathlib.Path(scratch))
    size = sum((path.stat().st_size + 1023) // 1024 if path.is_file() else 1 for path in tree.folder.rglob("*"))
    sums = "".join(
        f"{hashlib.md5((tree.folder / path).read_bytes()).hexdigest()}  {path}\n"
        for path in tree.files if not path.startswith("etc/"))
    tree.write("DEBIAN/md5sums", sums)
    tree.write("DEBIAN/conffiles", "/etc/nudged/nudged.yaml\n")
    tree.write("DEBIAN/control", (
        f"Package: nudged\nVersion: {full}\nArchitecture: {program.machine[0]}\nMaintainer: {maintainer}\n"
        f"Installed-Size: {size}\nDepends: {', '.join(sorted(needed + DEPENDS))}\nSuggests: bash-completion, kannel\n"
        f"Section: net\nPriority: optional\nDescription: {(HERE / 'debian/description').read_text('utf-8')}"))
    for script in ["postinst", "prerm", "postrm"]:
        tree.write(f"DEBIAN/{script}", with_setup(HERE / "debian" / script), 0o755)
    tree.settle()
    package = arguments.out / f"nudged_{full}_{program.machine[0]}.deb"
    # The number of threads changes what xz writes.
    run("dpkg-deb", "--root-owner-group", "--threads-max=1", *(["-Znone"] if arguments.no_compression else ["-Zxz"]),
        "--build", tree.folder, package, env={**os.environ, "SOURCE_DATE_EPOCH": str(tree.date)})
    shutil.rmtree(tree.folder / "DEBIAN")
    return package


def archive(tree, program, arguments):
    """The same files in a folder of an archive, with a script that installs them."""
    needed, glibc = program.needs()
    stems = {name.partition(".so")[0] for name in needed}
    full = version(program, tree.date)
    readme = (HERE / "archive-README").read_text("utf-8")
    for name, value in [
        ("VERSION", full), ("MACHINE", program.machine[1]), ("GLIBC", glibc),
        ("LIBRARIES", "\n  ".join(sorted(needed))),
        *zip(("DEBIAN", "FEDORA"), map(" ".join, zip(*(names for stem, names in LIBRARIES.items() if stem in stems)))),
    ]:
        readme = readme.replace(f"@{name}@", value)
    tree.write("README", readme)
    tree.write("install.sh", with_setup(HERE / "install.sh"), 0o755)
    tree.settle()
    folder = f"nudged-{full}-linux-{program.machine[1]}"
    path = arguments.out / f"{folder}.tar.gz"
    with path.open("wb") as file, gzip.GzipFile(
        "", "wb", 0 if arguments.no_compression else 9, file, tree.date
    ) as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for entry in sorted([tree.folder, *tree.folder.rglob("*")]):
            member = tar.gettarinfo(entry, str(pathlib.Path(folder) / entry.relative_to(tree.folder)))
            member.uid = member.gid = 0
            member.uname = member.gname = "root"
            member.mode = stat.S_IMODE(member.mode)
            with entry.open("rb") if member.isfile() else open(os.devnull, "rb") as content:
                tar.addfile(member, content if member.isfile() else None)
    return path


def main(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    for flag in ["--deb", "--tarball", "--no-compression", "--unpackaged-libraries"]:
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / ".build/packages")
    arguments = parser.parse_args(words)
    if not arguments.deb and not arguments.tarball:
        parser.error("say which: --deb, --tarball or both")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folders = [pathlib.Path(scratch) / name for name in ("says", "tree")]
        for folder in folders:
            folder.mkdir()
        program, tree = Program(arguments.program, str(folders[0])), Tree(folders[1], epoch())
        foreign = [] if arguments.unpackaged_libraries else unpackaged(program.path, program.needs()[0])
        if foreign:
            raise SystemExit(
                f"{arguments.program} needs {', '.join(foreign)}, which no package has. `make deb` and `make tarball` "
                "link the libraries of Swift into the program; --unpackaged-libraries packs it all the same")
        installed(tree, program)
        for wanted, form in [(arguments.tarball, archive), (arguments.deb, debian)]:
            if wanted:
                print(form(tree, program, arguments))
                for only in ["README", "install.sh"]:
                    (tree.folder / only).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
