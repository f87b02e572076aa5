"""The earmark Python package as the benchmarks use it: that beside the program named by EARMARK, else the one that is
installed or on PYTHONPATH, else that of the newest build in this tree.

    from package import earmark
"""
import importlib
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def _imported():
    program = os.environ.get('EARMARK')
    beside = pathlib.Path(program).resolve().parents[1] / 'python' if program else None
    if beside and list(beside.glob('earmark/_earmark*.so')):
        sys.path.insert(0, str(beside))
    try:
        return importlib.import_module('earmark')
    except ImportError:
        built = list(ROOT.glob('build*/python/earmark/_earmark*.so'))
        if not built:
            raise SystemExit('the Python package is not built: cmake --preset release -DEARMARK_BUILD_PYTHON=ON && '
                             'cmake --build --preset release') from None
        sys.modules.pop('earmark', None)
        sys.path.insert(0, str(max(built, key=lambda module: module.stat().st_mtime).parents[1]))
        return importlib.import_module('earmark')


earmark = _imported()
