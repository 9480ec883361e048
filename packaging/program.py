"""The program that is packed: what it says about itself, and what it needs of the machine."""
import os
import pathlib
import re
import struct
import subprocess

# e_machine of an ELF file → Debian's name, and that of everybody else.
MACHINES = {62: ("amd64", "x86_64"), 183: ("arm64", "aarch64")}


class Program:
    def __init__(self, path, scratch):
        """`scratch` is an empty folder: there is no workspace in it that could change what the program says."""
        self.path = pathlib.Path(path).resolve()
        self.scratch = scratch
        if not os.access(self.path, os.X_OK):
            raise SystemExit(f"{path}: there is no such program; build it first (`make deb` does)")
        self.version = re.search(r"\d+\.\d+\.\d+", self.says("--version")).group()

    def says(self, *arguments):
        """What the program prints; its language depends on the arguments alone."""
        environment = {"PATH": os.environ["PATH"], "HOME": self.scratch, "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(
                [self.path, *arguments], cwd=self.scratch, env=environment, capture_output=True, check=True,
                encoding="utf-8", timeout=120)
        except (OSError, subprocess.SubprocessError) as error:
            raise SystemExit(f"{self.path} {' '.join(arguments)}: {error}\n{getattr(error, 'stderr', '') or ''}")
        return done.stdout

    @property
    def machine(self):
        """Debian's name of the machine that it runs on, and the usual one."""
        header = self.path.open("rb").read(20)
        number = struct.unpack("<H", header[18:20])[0] if header[:5] == b"\x7fELF\x02" else 0
        if number not in MACHINES:
            raise SystemExit(f"{self.path}: not a program for {' or '.join(name for _, name in MACHINES.values())}")
        return MACHINES[number]

    def needs(self):
        """The shared libraries that it names, and the newest glibc that it asks for."""
        shown = subprocess.run(["objdump", "-p", self.path], capture_output=True, encoding="utf-8", check=True).stdout
        versions = re.findall(r"\bGLIBC_(\d+)\.(\d+)", shown)
        newest = max((int(major), int(minor)) for major, minor in versions)
        return re.findall(r"^ *NEEDED +(\S+)", shown, re.MULTILINE), "{}.{}".format(*newest)
