from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import sending
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from lossledger.archive.v1 import archive_pb2
from lossledger.v1 import results_pb2, run_pb2, update_pb2

PYTHON = os.path.join(sending.ROOT, "python")
REQUIRED = os.environ.get("LOSSLEDGER_REQUIRE_TOOLS") == "true"


class PackageTest(unittest.TestCase):
    def test_the_wheel_holds_every_module_and_works_from_where_pip_puts_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            clone = os.path.join(folder, "python")
            shutil.copytree(PYTHON, clone, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
            offline = ["--no-build-isolation", "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
            pip = [sys.executable, "-m", "pip"]
            quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
            subprocess.run([*pip, "wheel", *offline, "--wheel-dir", folder, clone], check=True, timeout=120, env=quiet)
            (wheel,) = [name for name in os.listdir(folder) if name.endswith(".whl")]
            held = set(zipfile.ZipFile(os.path.join(folder, wheel)).namelist())
            source = os.path.join(PYTHON, "src")
            for path, _, names in os.walk(os.path.join(source, "lossledger")):
                for name in names:
                    if name.endswith((".py", ".pyi", ".typed")):
                        self.assertIn(os.path.relpath(os.path.join(path, name), source), held)
            self.assertFalse([name for name in held if name.startswith("tests")])
            target = os.path.join(folder, "installed")
            subprocess.run([*pip, "install", *offline, "--target", target, os.path.join(folder, wheel)], check=True, timeout=120, env=quiet)
            code = (
                "import lossledger.publisher as p, lossledger.manifest as m, importlib.metadata as i\n"
                "assert p.__file__.startswith(%r), p.__file__\n"
                "assert m._own_version() == {'lossledger': i.version('lossledger')}, m._own_version()" % target
            )
            environment = {**os.environ, "PYTHONPATH": target}
            subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=folder, env=environment)

    def test_the_generated_messages_are_those_of_the_proto_files(self) -> None:
        if shutil.which("protoc") is None:
            if REQUIRED:
                self.fail("protoc: must be installed (Debian: protobuf-compiler). Found: nothing")
            self.skipTest("protoc is not installed")
        generated = [update_pb2, run_pb2, results_pb2, archive_pb2]
        roots = [os.path.join(sending.ROOT, module, "src/main/proto") for module in ("protocol", "streams-processor")]
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "set")
            subprocess.run(
                ["protoc", *(f"--proto_path={root}" for root in roots), f"--descriptor_set_out={out}",
                 *(module.DESCRIPTOR.name for module in generated)],
                check=True, timeout=60,
            )
            with open(out, "rb") as file:
                written = {proto.name: proto for proto in FileDescriptorSet.FromString(file.read()).file}
        for module in generated:
            ours = FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
            theirs = written[module.DESCRIPTOR.name]
            _without_json_names(theirs)
            self.assertEqual(theirs.SerializeToString(), ours.SerializeToString(), "run python/generate")


def _without_json_names(proto: FileDescriptorProto) -> None:
    """protoc adds the names that JSON would use by default."""
    messages = list(proto.message_type)
    while messages:
        message = messages.pop()
        messages += message.nested_type
        for field in message.field:
            field.ClearField("json_name")


if __name__ == "__main__":
    unittest.main()
