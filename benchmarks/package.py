"""The earmark Python package as the benchmarks use it: that beside the program named by EARMARK, else the one that is
installed or on PYTHONPATH, else that of build-release, else of the newest build in this tree without sanitizers.

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
        built = [module for module in ROOT.glob('build*/python/earmark/_earmark*.so')
                 if 'san' not in module.relative_to(ROOT).parts[0]]
        if not built:
            raise SystemExit('the Python package is not built: cmake --preset release -DEARMARK_BUILD_PYTHON=ON && '
                             'cmake --build --preset release') from None
        sys.modules.pop('earmark', None)
        best = max(built, key=lambda module: ('build-release' in module.parts, module.stat().st_mtime))
        sys.path.insert(0, str(best.parents[1]))
        return importlib.import_module('earmark')


earmark = _imported()
