"""Encrypted shops: `faults.py --encrypted`. This process then reads their stores through the program's own layer."""
import ctypes
import glob
import hashlib
import hmac
import os
import pathlib
import shutil
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CStoreCipher"
# The environment variable that nudged.yaml names; where it is not set, shops are plain.
NAME = "FAULT_STORE_KEY"
IN_CONFIG = f", key: {{env: {NAME}}}"


def is_on():
    return NAME in os.environ


def build(folder):
    subprocess.run([shutil.which("cc") or "clang", "-O2", "-shared", "-fPIC", f"-I{SOURCES}/include", "-o",
                    str(folder / "cipher.so"), *glob.glob(f"{SOURCES}/*.c"), "-lsqlite3", "-lcrypto"], check=True)


def unlock(folder):
    """Gives the key to SQLite in this process. It is derived as `StoreCipher.Key` does it, by HKDF (RFC 5869)."""
    first = hmac.digest(bytes(32), os.environ[NAME].encode(), hashlib.sha256)
    key = hmac.digest(first, b"nudged store\x01", hashlib.sha256)
    layer = ctypes.CDLL(str(folder / "cipher.so"))
    for code in (layer.cstore_cipher_register(), layer.cstore_cipher_add_key(key)):
        if code:
            raise OSError(f"the layer of encrypted stores answered {code}")
