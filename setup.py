"""Builds the wheel: setuptools asks CMake for the module; everything else stands in pyproject.toml."""
import pathlib
import re
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parent
VERSION = re.search(r'version = "(.+)"', (ROOT / "include/earmark/version.hpp").read_text())[1]


class CMakeBuild(build_ext):
    def build_extension(self, extension):
        build = pathlib.Path(self.build_temp).resolve()
        target = pathlib.Path(self.get_ext_fullpath(extension.name)).resolve().parent
        parts = ("C", "TOOLS", "TESTS", "BENCHMARKS")
        options = [f"-DEARMARK_BUILD_{part}=OFF" for part in parts] + [
            "-DEARMARK_BUILD_PYTHON=ON",
            "-DCMAKE_BUILD_TYPE=Release",
            f"-DPython_EXECUTABLE={sys.executable}",
        ]
        subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", build, *options], check=True)
        subprocess.run(["cmake", "--build", build, "--target", "_earmark"], check=True)
        subprocess.run(
            ["cmake", "--install", build, "--component", "python", "--prefix", target, "--strip"], check=True
        )


setup(version=VERSION, ext_modules=[Extension("earmark._earmark", [])], cmdclass={"build_ext": CMakeBuild})
